<?php
// SPDX-License-Identifier: MIT
// PHP: the workloads of workloads.h that a script can do, under the same names. The interpreter's
// own time is part of every figure.
//
// Its collector looks only at candidates: values whose count went down, but not to zero. A full
// collection of a live heap is therefore given one candidate, from which everything is reached.

final class Node {
    public ?Node $a = null;
    public ?Node $b = null;
    public ?Node $c = null;
    public int $payload = 0;
}

final class Holder {
    public array $items = [];
}

const NO_EDGE = -1;

function now_ns(): int {
    $usage = getrusage();
    return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1000000000
        + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) * 1000;
}

function show(string $part, float $value): void {
    global $workload, $variant, $n, $repetition;
    $name = $part === '' ? $variant : "$variant/$part";
    printf("%s\t%s\t%d\t%.4f\t%d\n", $workload, $name, $n, $value, $repetition);
}

function unsupported(): never {
    exit(3);
}

function expect(bool $condition, string $what): void {
    if (!$condition) {
        fwrite(STDERR, "check failed: $what\n");
        exit(1);
    }
}

// --- The same numbers and graphs as in driver.h and shapes.h ---

$random_state = 2463534242;

function below(int $bound): int {
    global $random_state;
    $random_state ^= ($random_state << 13) & 0xFFFFFFFF;
    $random_state ^= $random_state >> 17;
    $random_state ^= ($random_state << 5) & 0xFFFFFFFF;
    return ($random_state * $bound) >> 32;
}

/** Targets of the three slots of all nodes, one after the other. */
function make_shape(string $name, int $n): SplFixedArray {
    global $random_state;
    $random_state = 2463534242;
    $targets = new SplFixedArray(3 * $n);
    for ($i = 0; $i < $n; ++$i) {
        [$a, $b, $c] = match ($name) {
            'local' => [($i + 1) % $n, ($i + 1 + below(64)) % $n, ($i + $n - 1 - below(64)) % $n],
            'random' => [below($n), below($n), below($n)],
            'ring' => [($i + 1) % $n, NO_EDGE, NO_EDGE],
            'rings10' => [$i % 10 === 9 ? $i - 9 : $i + 1, NO_EDGE, NO_EDGE],
        };
        $targets[3 * $i] = $a;
        $targets[3 * $i + 1] = $b;
        $targets[3 * $i + 2] = $c;
    }
    return $targets;
}

function shuffled(int $n): array {
    global $random_state;
    $random_state = 2463534242;
    $order = range(0, $n - 1);
    for ($i = $n; $i > 1; --$i) {
        $j = below($i);
        [$order[$i - 1], $order[$j]] = [$order[$j], $order[$i - 1]];
    }
    return $order;
}

function build(string $shape, int $n): array {
    $targets = make_shape($shape, $n);
    $places = [];
    for ($i = 0; $i < $n; ++$i) {
        $places[] = new Node();
    }
    for ($i = 0; $i < $n; ++$i) {
        $node = $places[$i];
        foreach (['a', 'b', 'c'] as $s => $slot) {
            if ($targets[3 * $i + $s] !== NO_EDGE) {
                $node->$slot = $places[$targets[3 * $i + $s]];
            }
        }
    }
    return $places;
}

function few_step(int $n): int {
    $step = 1;
    while (($step + 1) * ($step + 1) <= $n) {
        ++$step;
    }
    return $step;
}

// --- The workloads ---

function w1(int $n): void {
    $start = now_ns();
    for ($i = 0; $i < $n; ++$i) {
        new Node();
    }
    show('', (now_ns() - $start) / $n);
}

function w2(int $n, string $variant): void {
    $order = $variant === 'random' ? shuffled($n) : [];
    $places = array_fill(0, $n, null);
    $base = memory_get_usage();
    $start = now_ns();
    for ($i = 0; $i < $n; ++$i) {
        $places[$i] = new Node();
    }
    $made = now_ns();
    if ($variant === 'order') {
        show('make', ($made - $start) / $n);
        for ($i = 0; $i < $n; ++$i) {
            $places[$i] = null;
        }
        show('free', (now_ns() - $made) / $n);
    } else {
        $start = now_ns();
        foreach ($order as $i) {
            $places[$i] = null;
        }
        show('free', (now_ns() - $start) / $n);
        $start = now_ns();
        for ($i = 0; $i < $n; ++$i) {
            $places[$i] = new Node();
        }
        show('make-again', (now_ns() - $start) / $n);
        expect(memory_get_usage() - $base > 100 * $n, 'the nodes are there');
        $places = null;
    }
    $left = memory_get_usage() - $base;
    // PHP's table of objects stays as large as it once was: 8 to 16 bytes an object.
    expect($left < 16 * $n + 20000, "all nodes were freed: $left bytes are left");
}

function w4(int $n, string $variant): void {
    [$shape, $holder_name] = explode('-', $variant, 2);
    if ($holder_name !== 'container' && $holder_name !== 'few') {
        unsupported();
    }
    $holder = new Holder();
    $holder->items = build($shape, $n);
    if ($holder_name === 'few') {
        $step = few_step($n);
        for ($i = 0; $i < $n; ++$i) {
            if ($i % $step !== 0) {
                unset($holder->items[$i]);
            }
        }
    }
    foreach (['first', 'second', 'third', 'fourth'] as $part) {
        $candidate = $holder;
        unset($candidate);
        $start = now_ns();
        gc_collect_cycles();
        show($part, (now_ns() - $start) / $n);
    }
}

function w5(int $n, string $variant): void {
    [$shape, $when] = explode('-', $variant, 2);
    if ($when !== 'first') {
        unsupported();
    }
    $base = memory_get_usage();
    $places = build($shape, $n);
    $places = null;
    $start = now_ns();
    $found = gc_collect_cycles();
    show('', (now_ns() - $start) / $n);
    expect($shape === 'random' ? abs($found - 0.9405 * $n) < 0.01 * $n : $found === $n,
           "garbage found: $found of $n");
}

function w6(int $n, string $variant): void {
    $window = $variant === 'window' ? 10000 : 20;
    $at_once = $window === 20;
    $old = build('local', $n);
    gc_collect_cycles();
    gc_enable();
    $places = array_fill(0, $window, null);
    $total = 10 * $n;
    $start = now_ns();
    for ($i = 0; $i < $total; ++$i) {
        $place = $i % $window;
        $kind = $i % 20;
        $places[$place] = new Node();
        if ($kind === 19) {
            $places[$place]->a = $places[$place - 1];
            $places[$place - 1]->a = $places[$place];
        }
        if ($at_once && $kind !== 18) {
            $places[$place] = null;
            if ($kind === 19) {
                $places[$place - 1] = null;
            }
        }
    }
    show('', (now_ns() - $start) / $total);
    expect(gc_status()['collected'] > $total / 20, 'most of the cycles were collected');
}

function tree(int $depth): Node {
    $node = new Node();
    if ($depth > 0) {
        $node->a = tree($depth - 1);
        $node->b = tree($depth - 1);
    }
    return $node;
}

function w7(int $n): void {
    $nodes = (2 << 16) - 1;
    $count = max(1, intdiv($n, $nodes));
    $build_ns = 0;
    $free_ns = 0;
    for ($i = 0; $i < $count; ++$i) {
        $start = now_ns();
        $root = tree(16);
        $built = now_ns();
        $root = null;
        $build_ns += $built - $start;
        $free_ns += now_ns() - $built;
    }
    show('total', ($build_ns + $free_ns) / ($count * $nodes));
    show('build', $build_ns / ($count * $nodes));
    show('free', $free_ns / ($count * $nodes));
}

function w8(int $n, string $variant): void {
    if ($variant === 'create') {
        $node = new Node();
        $start = now_ns();
        for ($i = 0; $i < $n; ++$i) {
            WeakReference::create($node);
        }
        show('', (now_ns() - $start) / $n);
    } elseif ($variant === 'read') {
        $node = new Node();
        $weak = WeakReference::create($node);
        $start = now_ns();
        for ($i = 0; $i < $n; ++$i) {
            $weak->get();
        }
        show('', (now_ns() - $start) / $n);
    } elseif ($variant === 'death' || $variant === 'death-weak') {
        $places = [];
        $weak = [];
        for ($i = 0; $i < $n; ++$i) {
            $places[] = new Node();
            if ($variant === 'death-weak') {
                $weak[] = WeakReference::create($places[$i]);
            }
        }
        $start = now_ns();
        for ($i = 0; $i < $n; ++$i) {
            $places[$i] = null;
        }
        show('', (now_ns() - $start) / $n);
        foreach ($weak as $reference) {
            expect($reference->get() === null, 'a weak reference to a dead object is cleared');
        }
    } else {
        unsupported();
    }
}

function w9(int $n): void {
    $head = new Node();
    for ($i = 1; $i < $n; ++$i) {
        $next = new Node();
        $next->a = $head;
        $head = $next;
    }
    unset($next);
    $start = now_ns();
    $head = null;
    show('', (now_ns() - $start) / $n);
}

function memory(int $n, string $variant): void {
    if ($variant !== 'node') {
        unsupported();
    }
    $places = array_fill(0, $n, null);
    $base = memory_get_usage();
    for ($i = 0; $i < $n; ++$i) {
        $places[$i] = new Node();
    }
    show('accounted', (memory_get_usage() - $base) / $n);
}

if ($argc < 4 || $argc > 5) {
    fwrite(STDERR, "usage: php.php WORKLOAD N VARIANT [REPETITIONS]\n");
    exit(2);
}
[, $workload, $n, $variant] = $argv;
$n = (int)$n;
ini_set('memory_limit', '-1');
for ($repetition = 0; $repetition < (int)($argv[4] ?? 1); ++$repetition) {
    gc_disable();
    match ($workload) {
        'W1' => w1($n),
        'W2' => w2($n, $variant),
        'W4' => w4($n, $variant),
        'W5' => w5($n, $variant),
        'W6' => w6($n, $variant),
        'W7' => w7($n),
        'W8' => w8($n, $variant),
        'W9' => w9($n),
        'memory' => memory($n, $variant),
        default => unsupported(),
    };
}
