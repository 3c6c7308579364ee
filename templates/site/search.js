// Looks a query up in the files below search/, which publisher/render/search.py makes
// and describes. All text goes into the page as text, never as HTML.

const PAGE = 10; // results at once
const MOST = 16; // terms of a query that count
const WAVES = [4, 8, 16, 1024]; // parts of the index that are looked into at once
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE = 32;

const form = document.getElementById("_search");
const count = document.getElementById("_count");
const list = document.getElementById("_found");
const more = document.getElementById("_more");
const result = document.getElementById("_result");
const { root, index } = form.dataset;

let files = new Map();
let latest = 0; // the search that was begun last; earlier ones say nothing any more

function fetched(path, cache = "default") {
  if (!files.has(path)) {
    const answer = fetch(index + path, { cache }).then((found) => {
      if (!found.ok) throw new Error(`${path}: ${found.status}`);
      return found.json();
    });
    files.set(path, answer);
  }
  return files.get(path);
}

// How a text becomes terms; publisher/render/search_terms.py does the same.

function words(rules, text) {
  const normal = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(new RegExp(rules.longMark, "gu"), "$1");
  return [...normal.matchAll(new RegExp(rules.token, "gu"))].map((match) =>
    Object.entries(match.groups).find(([, run]) => run !== undefined),
  );
}

function windows(characters, size) {
  const found = [];
  for (let at = 0; at + size < characters.length; at += size) {
    found.push(characters.slice(at, at + size).join(""));
  }
  found.push(characters.slice(-size).join(""));
  return found;
}

function latin(rules, run) {
  const word = [...run].slice(0, rules.longest).join("");
  const parts = word.split(/[-_.]/);
  if ((parts.length > 1 || !/\p{L}/u.test(word)) && /\p{N}/u.test(word)) {
    return [{ term: word, begins: false }];
  }
  return parts
    .filter((part) => /\p{L}/u.test(part))
    .map((part) => ({ term: part, begins: [...part].length >= rules.beginning }));
}

function sought(rules, text) {
  const runs = words(rules, text);
  const found = [];
  for (const [script, run] of runs) {
    const characters = [...run];
    if (script === "word") {
      found.push(...latin(rules, run));
    } else if (script === "hira") {
      // Particles say nothing, but somebody may look for a word in hiragana.
      if (characters.length < 2 || (characters.length < 4 && runs.length > 1)) continue;
      for (const term of windows(characters, rules.window.hira)) {
        found.push({ term, begins: false });
      }
    } else if (script === "han" || characters.length > 1) {
      for (const term of windows(characters, rules.window[script])) {
        found.push({ term, begins: [...term].length > 1 });
      }
    }
  }
  const distinct = new Map(found.map((each) => [each.term, each]));
  return [...distinct.values()].slice(0, MOST);
}

function crc32(text) {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
    }
  }
  return ~crc >>> 0;
}

// The numbers of the advisories that have a term, from the start of their part on.

function numbers(gaps) {
  const found = [];
  let last = -1;
  let gap = 0;
  let weight = 1;
  for (const digit of gaps) {
    const value = DIGITS.indexOf(digit);
    gap += (value % BASE) * weight;
    weight *= BASE;
    if (value < BASE) {
      last += gap + 1;
      found.push(last);
      gap = 0;
      weight = 1;
    }
  }
  return found;
}

async function having(rules, [series, start, size, buckets], { term, begins }) {
  const [route] = term.match(new RegExp(rules.route, "u"));
  const bucket = crc32(route) % buckets;
  const terms = await fetched(`${series}/${start}-${size}/${bucket}.json`);
  const found = new Set();
  for (const [other, gaps] of Object.entries(terms)) {
    if (other === term || (begins && other.startsWith(term))) {
      for (const number of numbers(gaps)) found.add(number);
    }
  }
  return found;
}

async function inPart(rules, part, needles) {
  let found = null;
  for (const needle of needles) {
    const those = await having(rules, part, needle);
    found = found ? found.filter((number) => those.has(number)) : [...those];
    if (!found.length) break;
  }
  const [series, start] = part;
  return found.sort((a, b) => b - a).map((number) => [series, start + number]);
}

async function* results({ rules, parts }, needles) {
  let at = 0;
  for (const wave of WAVES) {
    const these = parts.slice(at, at + wave);
    at += wave;
    const found = await Promise.all(these.map((part) => inPart(rules, part, needles)));
    yield* found.flat();
  }
}

function needlesOf(rules, query) {
  const facts = ["kind", "severity"].filter((name) => query.get(name));
  return [
    ...sought(rules, query.get("q") || ""),
    ...facts.map((name) => ({ term: `${name}:${query.get(name)}`, begins: false })),
  ];
}

// What readers see.

function name(fact, value) {
  const option = [...form.elements[fact].options].find((each) => each.value === value);
  return option ? option.textContent : value;
}

function item(card) {
  const shown = result.content.cloneNode(true);
  const put = (part, text) => {
    const element = shown.querySelector(`.${part}`);
    if (text) element.textContent = text;
    else element.remove();
    return element;
  };
  const link = shown.querySelector("a");
  link.href = root + card.path;
  for (const element of [link, shown.querySelector(".lead")]) {
    if (card.language !== document.documentElement.lang) element.lang = card.language;
  }
  put("name", card.title);
  put("beginning", card.lead);
  put("day", card.shown).dateTime = card.date;
  const kind = put("kind", name("kind", card.kind));
  if (card.kind === "emergency" && !card.withdrawn && !card.superseded) {
    kind.classList.add("badge", "emergency");
  }
  put("id", card.id);
  const severe = card.severity && card.severity !== "none" && !card.withdrawn;
  const severity = severe ? `${name("severity", card.severity)} ${card.score}` : "";
  put("severity", severity).classList.add(card.severity || "none");
  if (!card.withdrawn) shown.querySelector(".withdrawn").remove();
  if (card.withdrawn || !card.superseded) shown.querySelector(".superseded").remove();
  return shown;
}

function say(message, number) {
  const text = form.dataset[message];
  count.textContent = text.replace("{count}", number);
}

// `next` is the first result of this page; of the one after it, it is only asked
// whether there is one.
async function show(found, next, cards, search) {
  const page = [];
  let ahead = next;
  while (!ahead.done && page.length < PAGE) {
    page.push(ahead.value);
    ahead = await found.next();
  }
  const shown = await Promise.all(
    page.map(async ([series, number]) => {
      const few = await fetched(`${series}/${Math.floor(number / cards)}.json`);
      return few[number];
    }),
  );
  if (search !== latest) return;
  list.append(...shown.filter(Boolean).map(item));
  const total = list.children.length;
  if (ahead.done) say(total === 0 ? "none" : total === 1 ? "one" : "all", total);
  else say("some", total);
  more.hidden = ahead.done;
  more.onclick = async () => {
    more.hidden = true;
    await guarded(() => show(found, ahead, cards, search));
    list.children[total]?.querySelector("a").focus();
  };
}

async function guarded(work) {
  list.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    say("failed");
    throw error;
  } finally {
    list.setAttribute("aria-busy", "false");
  }
}

async function run(cache) {
  const search = (latest += 1);
  const query = new URLSearchParams(location.search);
  list.replaceChildren();
  more.hidden = true;
  count.textContent = "";
  if (![...query.values()].some((value) => value.trim())) return;
  say("searching");
  const data = await fetched("index.json", cache);
  const needles = needlesOf(data.rules, query);
  if (search !== latest) return;
  if (needles.length) {
    const found = results(data, needles);
    await show(found, await found.next(), data.cards, search);
  } else {
    say("none");
  }
}

async function start() {
  const query = new URLSearchParams(location.search);
  for (const field of ["q", "kind", "severity"]) {
    form.elements[field].value = query.get(field) || "";
  }
  await guarded(async () => {
    try {
      await run("default");
    } catch {
      // The site may have been built anew since the overview was fetched.
      files = new Map();
      await run("reload");
    }
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = [...new FormData(form)].filter(([, value]) => value.trim());
  const query = new URLSearchParams(fields).toString();
  history.pushState(null, "", query ? `?${query}` : location.pathname);
  start();
});
window.addEventListener("popstate", start);
start();
