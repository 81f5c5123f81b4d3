; SPDX-License-Identifier: MIT
; The stack is full, then the heap (lisp limits.lisp 1500000), and the script goes on.
(define deep (lambda (n) (+ 1 (deep n))))
(print (try (deep 1) error))
(define all (table))
(define fill (lambda (n) (begin (table-set! all n n) (fill (+ n 1)))))
(print (try (fill 1) error))
(set! all ())
(print "and it goes on:" (+ 1 1))
