# Regular expressions.
import re
print(re.search(r"b+(c|d)*", "aabbcdcx"), re.findall(r"(\w+)=(\d+)", "a=1, bb=22"), re.sub(r"(\w)(\d)", r"\2\1", "a1 b2"))
print(re.split(r"\s*,\s*", "a , b,c"), re.match(r"(?P<x>a|ab)(c|bcd)(d*)$", "abcd").groupdict(), re.match(rb"\A\s*func=<f  at \S+>\s*\Z", b"func=<f  at 0x12>\n"))
print(re.fullmatch("a.*?b", "axxbxb"), re.search("(?i)HeLLo", "say hello"), re.findall("[^a-c\\d]+", "abcxyz12w"), re.findall(r"\bfoo\b", "foo foobar foo"))
print(re.search(r"(a+)+b", "aaaab").groups(), re.search(r"x{2,3}", "xxxx").span(), re.search(r"(?!a)\w", "ab"), re.escape("a.b*c"), re.search("a{,2}b", "aaab"))
print(re.sub("x*", "-", "abxd"), re.search(r"(a)|b", "b").groups(), re.findall("", "ab"), re.search("a{x", "a{x"))


p = re.compile(r'''
    (?P<num>\d+(\.\d*)?)   # number
  | (?P<op>[-+*/()])       # operator
  | (?P<ws>\s+) | (?P<bad>.)
''', re.VERBOSE)
print([(m.lastgroup, m.group()) for m in p.finditer('12 + 3.5*(x)')], p.flags & re.X == re.X)
print(re.findall(r'(?<=\$)\d+', '$5 6 $77'), re.findall(r'(?<!\$)\b\d+', '$5 6 $77 8'), re.sub(r'(?<=a)b', 'X', 'ab cb'), re.search(r'(?i:AB)c', 'abc'), re.search(r'(?i:AB)c', 'abC'), re.findall(r'a(?#comment)b', 'ab'))
print(re.sub('x*', '-', 'abxd'), re.split(r'(\W)', 'a,b c'), re.split('x*', 'axbc'), re.match(r'(a)(b)?', 'a').lastindex, re.match(r'((a)(b))', 'ab').lastindex, re.match('(?P<a>x)(y)', 'xy').lastgroup)
print(re.escape('a b-c"d\'e@/:_é'), re.compile('a', re.I | re.S), re.compile(r'\u0041').match('A'))
for bad in ('a**', 'a{1}{2}', '(?P=x)', '(?P<a', '[a', r'\q', r'[\q]', '(?z)', 'x{2,1}', '+', '(a', 'a)b', r'(a)\2', '[b-a]', r'[a-\d]', '(?P<x-y>a)', '\\', '[\\', r'\x1', '(?i', '(?<a)', 'a\n**'):
    try:
        print(bad, re.compile(bad))
    except re.error as error:
        print(repr(bad), error, error.msg, error.pos)
def tokenize(code):
    kw = {'IF', 'THEN'}
    spec = [('NUMBER', r'\d+(\.\d*)?'), ('ASSIGN', r':='), ('END', r';'), ('ID', r'[A-Za-z]+'), ('OP', r'[+\-*/]'), ('NEWLINE', r'\n'), ('SKIP', r'[ \t]+'), ('MISMATCH', r'.')]
    rx = '|'.join('(?P<%s>%s)' % pair for pair in spec)
    for mo in re.finditer(rx, code):
        kind, value = mo.lastgroup, mo.group()
        if kind not in ('SKIP', 'NEWLINE'): yield kind, value, mo.start()
print(list(tokenize('IF x THEN\n y := 3.5*2;')))
print(re.match('a', 'A', re.IGNORECASE).expand(r'<\g<0>>'), re.sub('(a)(b)?', r'[\1\2]', 'ab a'), re.sub('a', r'\n', 'a'), re.sub('a', lambda m: '\\n', 'a'), re.sub(b'a', b'b', b'aa'), re.findall(rb'\w+', b'ab cd'))
print(re.search('b', 'abc').span(), re.compile('b').search('abcb', 2).start(), re.compile('^b').match('ab', 1), re.compile('a').fullmatch('ba', 1))
m = re.search(r'(?P<y>\d{4})-(?P<m>\d\d)', 'on 2024-05-06'); print(m.groupdict(), m['y'], m.expand(r'\g<m>/\1'), m.pos, m.endpos)
for group in ('zz', 5):
    try:
        m.group(group)
    except IndexError as error:
        print(error)
# SPDX-License-Identifier: MIT
