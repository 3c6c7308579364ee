"""The lists by vendor and product, and those of all vendors and of their products."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from publisher.render import paths
from publisher.render.indexes import names, pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.model.chain import Planned
    from publisher.render.indexes.names import Product, Vendor
    from publisher.render.indexes.site import Item, Site

PRODUCTS = 100
"""How many products a vendor's page names; more have pages of their own."""


def planned(site: Site, items: Sequence[Item]) -> Iterator[Planned]:
    """Plan the lists of vendors and products of `items`, which come oldest first."""
    found = names.vendors(items)
    yield from _letters(site, names.ordered(found.values()))
    for vendor in found.values():
        yield from _vendor(site, vendor)
        for product in vendor.products.values():
            yield from _product(site, vendor, product)


def _product(site: Site, vendor: Vendor, product: Product) -> Iterator[Planned]:
    about = {"vendor": vendor.name, "product": product.name}
    path = functools.partial(paths.product, vendor=vendor.name, product=product.name)
    listing = pages.Listing(
        "site/product.html", path, product.items, pages.by_year, about
    )
    yield from pages.planned(site, listing)


def _letters(site: Site, found: Sequence[names.Name]) -> Iterator[Planned]:
    """Plan the list of all vendors."""
    groups = names.by_letter(found)
    whole = len(found) <= names.MANY
    yield from site.plan(
        "site/vendors.html",
        paths.vendors,
        groups=[
            (letter, len(group), group if whole else [])
            for letter, group in groups.items()
        ],
        total=len(found),
        letter="",
        letters=names.LETTERS,
        parts=[],
    )
    if not whole:
        for letter, group in groups.items():
            yield from _letter(site, letter, group)


def _letter(site: Site, letter: str, found: Sequence[names.Name]) -> Iterator[Planned]:
    """Plan the list of the vendors under one letter."""
    cut = list(names.parts(found)) if len(found) > names.MANY else []
    values = {"letter": letter, "letters": names.LETTERS, "total": len(found)}
    yield from site.plan(
        "site/vendors.html",
        functools.partial(paths.vendors, part=letter),
        groups=[] if cut else [(letter, len(found), found)],
        parts=[(f"{letter}-{part.id}", *part.shown) for part in cut],
        **values,
    )
    for part in cut:
        yield from site.plan(
            "site/vendors.html",
            functools.partial(paths.vendors, part=f"{letter}-{part.id}"),
            groups=[(letter, len(part.names), part.names)],
            parts=[],
            **{**values, "total": len(part.names)},
        )


def _vendor(site: Site, vendor: Vendor) -> Iterator[Planned]:
    found = names.ordered(vendor.products.values())
    path = functools.partial(paths.vendor, vendor=vendor.name)
    about: dict[str, object] = {"vendor": vendor.name}
    listing = pages.Listing(
        "site/vendor.html", path, vendor.items, pages.by_year, about
    )
    few = found if len(found) <= PRODUCTS else []
    yield from pages.planned(site, listing, products=few, count=len(found))
    if not few:
        yield from _products(site, vendor.name, found)


def _products(
    site: Site, vendor: str, found: Sequence[names.Name]
) -> Iterator[Planned]:
    """Plan the list of a vendor's products."""
    cut = list(names.parts(found))
    path = functools.partial(paths.products, vendor=vendor)
    parts = [(part.id, *part.shown) for part in cut]
    yield from site.plan(
        "site/products.html", path, vendor=vendor, parts=parts, names=[]
    )
    for part in cut:
        yield from site.plan(
            "site/products.html",
            functools.partial(path, part=part.id),
            vendor=vendor,
            parts=[],
            names=part.names,
        )
