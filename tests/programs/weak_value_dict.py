# WeakValueDictionary: entries go with their values.
import gc
import weakref


class Page:
    def __init__(self, url):
        self.url = url
        self.links = []

    def __repr__(self):
        return f"<{self.url}>"


pages = weakref.WeakValueDictionary()
home, about = Page("home"), Page("about")
pages["home"] = home
pages["about"] = about
pages["lost"] = Page("lost")
print(sorted(pages), len(pages), "lost" in pages, "home" in pages)
print(pages["home"], pages.get("nowhere"), pages.get("nowhere", "default"))
try:
    pages["lost"]
except KeyError as error:
    print("KeyError", error)

print(sorted(map(repr, pages.values())), sorted((k, repr(v)) for k, v in pages.items()))
print(len(pages.valuerefs()), {type(ref).__name__ for ref in pages.valuerefs()})
print(pages.setdefault("home", about) is home, pages.setdefault("new", about) is about)
print(pages.pop("new"), pages.pop("new", None), sorted(pages))
try:
    pages.pop("new")
except KeyError as error:
    print("KeyError", error)

# A cycle of pages keeps its entries until a collection.
a, b = Page("a"), Page("b")
a.links.append(b)
b.links.append(a)
pages.update({"a": a, "b": b})
print(sorted(pages))
del a, b
gc.collect()
print(sorted(pages))

copy = pages.copy()
merged = pages | {"third": home}
print(type(copy).__name__, sorted(copy), sorted(merged))
merged |= {"fourth": about}
print(sorted(merged), type(merged).__name__)

# Values that die while it is iterated.
many = {str(number): Page(str(number)) for number in range(6)}
numbered = weakref.WeakValueDictionary(many)
seen = []
for key, page in numbered.items():
    seen.append(key)
    many.pop(key, None)
    del page
print(seen, len(numbered))
print(len(numbered), list(numbered))

del home
print(sorted(pages), sorted(copy))
pages.clear()
print(len(pages), len(copy), bool(copy), bool(pages))
item = weakref.WeakValueDictionary(only=about).popitem()
print(item)

# popitem takes what was stored last.
kept = [Page(str(number)) for number in range(5)]
by_page = weakref.WeakKeyDictionary((page, page.url) for page in kept)
by_name = weakref.WeakValueDictionary((page.url, page) for page in kept)
del kept[3]
print(by_page.popitem()[1], by_name.popitem()[0], by_page.popitem()[1], by_name.popitem()[0])
by_page[kept[3]] = by_page[kept[0]] = "new"
print(by_page.popitem()[1], by_page.popitem()[1], by_page.popitem() == (kept[0], "new"), len(by_page))
for empty in (by_page, weakref.WeakValueDictionary(), weakref.WeakSet()):
    try:
        empty.pop() if isinstance(empty, weakref.WeakSet) else empty.popitem()
    except KeyError as error:
        print(error)
# SPDX-License-Identifier: MIT
