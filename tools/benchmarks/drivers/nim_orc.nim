# SPDX-License-Identifier: MIT
## Nim with ORC: the workloads of workloads.h that its heap has, under the same names.
##
## Its collector looks only at candidates: objects whose count went down, but not to zero. A full
## collection of a live heap is therefore given one candidate, from which everything is reached.

import std/[algorithm, os, posix, strutils]

type
  Node = ref object
    slots: array[3, Node]
    payload: int64
  Holder = ref object
    items: seq[Node]

const noEdge = high(uint32)

var
  places: seq[Node]
  workload, variant: string
  n, repetition, repetitions: int

proc nowNs(): int64 =
  var t: Timespec
  discard clock_gettime(CLOCK_THREAD_CPUTIME_ID, t)
  t.tv_sec.int64 * 1_000_000_000 + t.tv_nsec.int64

proc print(part: string, value: float) =
  let name = if part.len == 0: variant else: variant & "/" & part
  echo workload, "\t", name, "\t", n, "\t", formatFloat(value, ffDecimal, 4), "\t", repetition

template measure(part: string, operations: int, work: untyped) =
  block:
    let start = nowNs()
    work
    print(part, float(nowNs() - start) / float(operations))

proc unsupported() = quit(3)

proc expect(condition: bool, what: string) =
  if not condition:
    stderr.writeLine("check failed: " & what)
    quit(1)

proc endEarly() =
  ## After the last repetition the heap is not worth taking apart.
  if repetition + 1 == repetitions: quit(0)

# --- The same numbers and graphs as in driver.h and shapes.h ---

var randomState = 2463534242'u32

proc below(bound: int): int =
  randomState = randomState xor (randomState shl 13)
  randomState = randomState xor (randomState shr 17)
  randomState = randomState xor (randomState shl 5)
  int((uint64(randomState) * uint64(bound)) shr 32)

proc makeShape(name: string, n: int): seq[uint32] =
  result = newSeq[uint32](n * 3)
  randomState = 2463534242'u32
  for i in 0 ..< n:
    for s in 0 .. 2: result[3 * i + s] = noEdge
    case name
    of "local":
      result[3 * i] = uint32((i + 1) mod n)
      result[3 * i + 1] = uint32((i + 1 + below(64)) mod n)
      result[3 * i + 2] = uint32((i + n - 1 - below(64)) mod n)
    of "random":
      for s in 0 .. 2: result[3 * i + s] = uint32(below(n))
    of "ring": result[3 * i] = uint32((i + 1) mod n)
    of "rings10": result[3 * i] = uint32(if i mod 10 == 9: i - 9 else: i + 1)
    else: expect(false, "the shape is one of local, random, ring, rings10")

proc shuffled(n: int): seq[uint32] =
  result = newSeq[uint32](n)
  randomState = 2463534242'u32
  for i in 0 ..< n: result[i] = uint32(i)
  for i in countdown(n, 2):
    swap(result[i - 1], result[below(i)])

# --- The heap ---

var blocksBefore: int

proc blocks(): int =
  ## Live blocks: built with -d:nimAllocStats, which costs one increment a block. The two
  ## counters (made, released) have no public names.
  let counters = cast[array[2, int]](getAllocStats())
  counters[0] - counters[1]

proc setPlaces(count: int) =
  places = newSeq[Node](count)
  GC_fullCollect()
  blocksBefore = blocks()

proc make(i: int) {.inline.} = places[i] = Node()
proc clear(i: int) {.inline.} = places[i] = nil
proc link(i, slot, j: int) {.inline.} = places[i].slots[slot] = places[j]

proc expectLive(wanted: int) =
  ## A few blocks are not nodes: strings, and the collector's own lists.
  let live = blocks() - blocksBefore
  expect(abs(live - wanted) < 20, "live nodes: " & $live & ", expected " & $wanted)

proc build(shape: seq[uint32]) =
  let count = shape.len div 3
  for i in 0 ..< count: make(i)
  for i in 0 ..< count:
    for s in 0 .. 2:
      if shape[3 * i + s] != noEdge: link(i, s, int(shape[3 * i + s]))

proc makeAndDrop() {.noinline.} =
  var node = Node()
  node.payload = 1

proc w1() =
  setPlaces(0)
  measure("", n):
    for i in 0 ..< n: makeAndDrop()
  expectLive(0)

proc w2() =
  setPlaces(n)
  if variant == "order":
    measure("make", n):
      for i in 0 ..< n: make(i)
    expectLive(n)
    measure("free", n):
      for i in 0 ..< n: clear(i)
  else:
    let order = shuffled(n)
    setPlaces(n)
    for i in 0 ..< n: make(i)
    measure("free", n):
      for i in order: clear(int(i))
    expectLive(0)
    measure("make-again", n):
      for i in 0 ..< n: make(i)
    for i in 0 ..< n: clear(i)
  expectLive(0)

var scratch: Node

proc touchOne(node: Node) =
  ## Leaves a candidate: a count that goes up, and down again to more than zero.
  scratch = node
  scratch = nil

proc w4() =
  let parts = variant.split('-', maxsplit = 1)
  if parts[1] notin ["container", "few"]: unsupported()
  let shape = makeShape(parts[0], n)
  setPlaces(n)
  build(shape)
  var holder = Holder()
  var step = 1
  while (step + 1) * (step + 1) <= n: inc step
  if parts[1] == "container":
    swap(holder.items, places)
  else:
    for i in 0 ..< n:
      if i mod step != 0: clear(i)
  for part in ["first", "second", "third", "fourth"]:
    if parts[1] == "container":
      var keep = holder
      keep = nil
    else:
      touchOne(places[0])
    measure(part, n):
      GC_fullCollect()
  endEarly()
  holder.items = @[]
  setPlaces(0)
  expectLive(0)

proc w5() =
  let parts = variant.split('-')
  let shape = makeShape(parts[0], n)
  if parts[1] != "first": unsupported()
  setPlaces(n)
  build(shape)
  GC_disableOrc()
  for i in 0 ..< n: clear(i)
  GC_enableOrc()
  let left = blocks() - blocksBefore
  expect(abs(left - n) < 20 or parts[0] == "random" and abs(left - int(0.9405 * float(n))) < n div 100,
         "nodes left by reference counting: " & $left)
  measure("", left):
    GC_fullCollect()
  expectLive(0)

proc w6() =
  let window = if variant == "window": 10000 else: 20
  let atOnce = window == 20
  setPlaces(n + window)
  build(makeShape("local", n))
  GC_fullCollect()
  GC_enableOrc()
  let total = 10 * n
  measure("", total):
    for i in 0 ..< total:
      let place = n + i mod window
      let kind = i mod 20
      make(place)
      if kind == 19:
        link(place, 0, place - 1)
        link(place - 1, 0, place)
      if atOnce and kind != 18:
        clear(place)
        if kind == 19: clear(place - 1)
  for i in 0 ..< window: clear(n + i)
  GC_fullCollect()
  expectLive(n)
  endEarly()
  setPlaces(0)

proc allocate(first, total: int, note: proc ()) =
  ## As in pauses.h.
  const window = 10000
  for i in 0 ..< total:
    let place = first + i mod window
    clear(place)
    make(place)
    if i mod 20 == 19:
      link(place, 0, place - 1)
      link(place - 1, 0, place)
    if i mod 32 == 31: note()

proc percentile(pauses: seq[int64], share: float): float =
  if pauses.len == 0: 0.0
  else: float(pauses[min(int(float(pauses.len) * share), pauses.len - 1)]) / 1000

proc w11() =
  const window = 10000
  let parts = variant.split('-')
  let garbage = if parts[1] == "garbage": n div 10 else: 0
  if parts[1] notin ["few", "container", "garbage"]: unsupported()
  setPlaces(n + window + garbage)
  build(makeShape(if garbage > 0: "local" else: parts[0], n))
  var holder = Holder()
  if parts[1] == "container":
    for i in 0 ..< n:
      holder.items.add(places[i])
      clear(i)
  else:
    var step = 1
    while (step + 1) * (step + 1) <= n: inc step
    for i in 0 ..< n:
      if i mod step != 0: clear(i)
  GC_fullCollect()
  if garbage > 0:
    let shape = makeShape(parts[0], garbage)
    for i in 0 ..< garbage: make(n + window + i)
    for i in 0 ..< garbage:
      for s in 0 .. 2:
        if shape[3 * i + s] != noEdge: link(n + window + i, s, n + window + int(shape[3 * i + s]))
    GC_fullCollect()
    for i in 0 ..< garbage: clear(n + window + i)
  GC_enableOrc()
  let total = n * (if n < 10_000_000: 10 else: 4)
  allocate(n, window, proc () = discard)
  var pauses: seq[int64]
  var spent: int64
  var last = nowNs()
  allocate(n, total, proc () =
    let pause = nowNs() - last
    spent += pause
    if pause >= 50_000: pauses.add(pause)
    last = nowNs())
  GC_disableOrc()
  pauses.sort()
  for (name, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("longest", 1.0)]:
    print(name, percentile(pauses, share))
  print("pauses", float(pauses.len))
  print("ns", float(spent) / float(total))
  endEarly()

proc tree(depth: int): Node =
  result = Node()
  if depth > 0:
    result.slots[0] = tree(depth - 1)
    result.slots[1] = tree(depth - 1)

proc w7() =
  const depth = 16
  let nodes = (2 shl depth) - 1
  let count = max(1, n div nodes)
  setPlaces(0)
  var buildNs, freeNs: int64
  measure("total", count * nodes):
    for i in 0 ..< count:
      let start = nowNs()
      var root = tree(depth)
      let built = nowNs()
      root = nil
      buildNs += built - start
      freeNs += nowNs() - built
  print("build", float(buildNs) / float(count * nodes))
  print("free", float(freeNs) / float(count * nodes))
  expectLive(0)

proc w9() =
  setPlaces(2)
  make(0)
  for i in 1 ..< n:
    let place = i mod 2
    make(place)
    link(place, 0, 1 - place)
    clear(1 - place)
  measure("", n):
    clear((n - 1) mod 2)
  expectLive(0)

proc rssBytes(): int =
  parseInt(readFile("/proc/self/statm").split(' ')[1]) * sysconf(SC_PAGESIZE)

proc memory() =
  setPlaces(n)
  for i in 0 ..< n: clear(i)
  let shape = if variant == "shrink": makeShape("rings10", n) else: @[]
  let rss = rssBytes()
  if variant == "node":
    for i in 0 ..< n: make(i)
    print("rss", float(rssBytes() - rss) / float(n))
  else:
    build(shape)
    let peak = rssBytes() - rss
    for i in n div 10 div 10 * 10 ..< n: clear(i)
    GC_fullCollect()
    print("rss", 100.0 * float(max(0, rssBytes() - rss)) / float(peak))
  endEarly()

proc main() =
  if paramCount() notin 3 .. 4:
    stderr.writeLine("usage: nim WORKLOAD N VARIANT [REPETITIONS]")
    quit(2)
  workload = paramStr(1)
  n = parseInt(paramStr(2))
  variant = paramStr(3)
  repetitions = if paramCount() == 4: parseInt(paramStr(4)) else: 1
  GC_disableOrc()
  for r in 0 ..< repetitions:
    repetition = r
    case workload
    of "W1": w1()
    of "W2": w2()
    of "W4": w4()
    of "W5": w5()
    of "W6": w6()
    of "W7": w7()
    of "W9": w9()
    of "W11": w11()
    of "memory": memory()
    else: unsupported()
    GC_disableOrc()

main()
