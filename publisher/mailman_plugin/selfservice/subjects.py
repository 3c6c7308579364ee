"""Subjects that programs write: absence notices, receipts, bounces, challenges. No IO.

Many of those carry none of the headers that say so. They are known by the usual words
of mail programs and servers, in the languages that these come in. Some words are
nobody's answer to a mail of ours wherever they stand; others only where they begin a
subject, behind prefixes like `Re:` and in brackets like 【】.
"""

from __future__ import annotations

import re

_ANYWHERE = r"""
out[- ]of[- ](the[- ])?office
\booo\b
away from (the |my )?(office|desk|e?-?mail)
auto(matic|mated)?[- ]?(reply|replies|response|responder)
(on|am|currently) (annual |parental |maternity |paternity |sick )?(vacation|on leave\b)
on (annual|parental|maternity|paternity|sick) leave
(currently|i am|i['’]m) (away|unavailable|absent)
on (a )?holidays? (un)?til
(maternity|paternity|parental|sick) leave

automatische (antwort|e-?mail|rückmeldung|nachricht)
auto-?antwort
abwesenheits
(bin|derzeit|zurzeit|momentan) abwesend
nicht im (büro|haus)
au(ß|ss)er haus
im urlaub
in (elternzeit|mutterschutz)
(derzeit|momentan|zurzeit) nicht erreichbar

réponse automatique
(absence|absente?|hors) du bureau
(message|notification|réponse|avis|notice) (automatique )?d.absence
message automatique
(suis|actuellement) absent
en congés?\b
répondeur

自動(返信|応答|回答|返答|送信|配信(メール|です|に(て|より)))
退職(の?(お知らせ|ご?連絡|ご?挨拶)|(いた)?しました)
不在(通知|の?お?知らせ|の?ご?連絡|応答|メッセージ|のため|中|です|にしており)
(休暇|休業)(中|の?お?知らせ|の?ご?連絡|のため)
(出張|外出)中
オートリプライ

(自动|自動)(回复|回復|回覆|答复|答覆|应答|應答)
(不在|离开|離開)(办|辦)公室
正在休假
休假(中|通知|自动)
外出通知
我不在

자동 ?(회신|응답|답장)
부재 ?중
respuesta automática
fuera de la oficina
risposta automatica
fuori (ufficio|sede)
automatisch antwoord
afwezig
resposta automática
fora do escritório
automatiskt? svar
autosvar
frånvaro
fravær
automaattinen vastaus
poissa toimistosta
automatyczna odpowiedź
automatická odpověď
автоматический ответ
автоответ

verify ?#
(verification|confirmation) (is )?required
requires? (your )?(verification|confirmation|approval)
sender (verif|confirm)
confirm (that )?(you sent|your (e-?mail|message))
verify your (e-?mail|message)
(message|e-?mail) (to .{0,80})?(is )?(await(s|ing)|pending|being held)
spam ?arrest
\bboxbe\b
送信(者|元)の?(確認|認証)

thank(s| you) for (contacting|reaching|writing)
thank(s| you) for your (e-?mail|message|request|[ei]nquiry)
(received|receipt of) your (e-?mail|message|request|[ei]nquiry)
(danke|dank) für (ihre|deine) (e-?mail|nachricht|anfrage)
merci (de|pour) (votre|nous avoir)
お?問い?合わ?せ(いただき|頂き|ありがとう|有難う|有り難う|を?受け?付)
受付?(完了|いたしました|致しました|けました|しました)
(受領|受信)(いたしました|致しました|しました|の?お知らせ)
"""
"""Absence notices in English, German, French, Japanese, Chinese and others; challenges,
whose authors want to know whether a person wrote to them; and what desks answer to each
mail at once. (A number in brackets is no sign: persons at desks write with it, too.)"""
_FIRST = r"""
auto:
autoreply
vacation
holidays?\b
absence
absente?\b
away\b
abwesen
urlaub
congés?\b
ausente
assente
不在
休暇
休假
外出
出張

(not )?read:
(read|return) receipt
(delivered|displayed):
disposition notification
(un)?gelesen:
(lese|empfangs)bestätigung
(non )?lu ?:
confirmation de lecture
accusé de (lecture|réception)
(未開封|開封(済|確認|通知))
(已|未)(读|讀)
(leído|letto|gelezen):

undeliver
non[- ]?deliver
delivery (status|notification|fail|delay|incomplete|has)
(e?-?mail|message) (delivery|could not be|undeliver|delayed)
mail system error
failure notice
returned mail
warning: (could not|message)
unzustellbar
unzugestellt
nicht zustell
non remis
non distribu
échec de (la )?(remise|distribution)
remise retardée
配(信|達|送)(不能|でき)
エラーメール
(无法|無法)(投递|投遞|传递|傳遞|送达|送達)
(系统|系統)?退信
未(传递|傳遞|送达|送達)
"""
"""Words of absence again; receipts (RFC 8098); bounces (RFC 3464), also those of before
there was a form."""


def _any(forms: str) -> re.Pattern[str]:
    lines = [line for line in forms.splitlines() if line]
    return re.compile("|".join(lines), re.IGNORECASE)


_SOMEWHERE = _any(_ANYWHERE)
_AT_FIRST = _any(_FIRST)
_PREFIX = re.compile(r"[^\s:]{1,12} ?: *|[\[(【「<*]+ ?|[^\])】」>]{1,40}[\])】」>] *")
_MOST_PREFIXES = 6


def is_a_programs(subject: str) -> bool:
    """Tell whether a subject is one of a program's, not of a person's.

    It is on one line, with full-width letters made plain.
    """
    if _SOMEWHERE.search(subject):
        return True
    rest = subject
    for _ in range(_MOST_PREFIXES):
        if _AT_FIRST.match(rest):
            return True
        prefix = _PREFIX.match(rest)
        if prefix is None:
            return False
        rest = rest[prefix.end() :]
    return False
