import json
v = {"a": [1, 2.5, None, True, "x\n\"é\u2028😀"], "b": {"c": [], "d": {}}, 3: (1, 2), None: 1e100, True: -0.0, 1.5: float("inf")}
print(json.dumps(v)); print(json.dumps(v, indent=2)); print(json.dumps(v, ensure_ascii=False, separators=(",", ":")))
print(json.dumps({"b": 1, "a": [{}, []]}, sort_keys=True, indent="\t"))
print(json.loads('{"x": [1, 2, {"y": null}], "z": "\\u00e9\\ud83d\\ude00\\n\\/", "w": -1.5e3, "n": 12345678901234567890, "t": [true, false], "e": {}, "f": [] }'))
print(json.loads(' [ ] '), json.loads('"a"'), json.loads("NaN"), json.loads(b"5"), json.loads('{"a": 1, "a": 2}'))
for bad in ("", "{", "[1,", "[1 2]", '{"a" 1}', "{a: 1}", '{"a": 1,}', '"abc', '"\\x"', "tru", "1 2", "[1]]", '"\\u12"', "\n\n  x", '{"a": }', '"a\nb"', "01", "-", "[,]", '{"a":1 "b"}'):
    try: print(repr(bad), json.loads(bad))
    except json.JSONDecodeError as e: print(repr(bad), e)
for bad in (object(), {1, 2}, {(1, 2): 3}, 1j, b"x"):
    try: print(json.dumps(bad))
    except TypeError as e: print(e)
l = []; l.append(l)
try: json.dumps(l)
except ValueError as e: print(e)
try: json.loads(5)
except TypeError as e: print(e)
try: json.dumps(float("nan"), allow_nan=False)
except ValueError as e: print(str(e)[:40])
print(json.dumps({(1, 2): 3, "a": 1}, skipkeys=True), json.dumps({1, 2}, default=sorted))
class Enc(json.JSONEncoder):
    def default(self, o): return {"__set__": sorted(o)} if isinstance(o, set) else super().default(o)
print(json.dumps([{3, 1}], cls=Enc), json.loads('{"__set__": [1]}', object_hook=lambda d: set(d["__set__"])), json.loads('[1.5, 2]', parse_float=str, parse_int=float))
import io
f = io.StringIO(); json.dump([1, {"a": "b"}], f); print(f.getvalue(), json.load(io.StringIO("[1]")))
