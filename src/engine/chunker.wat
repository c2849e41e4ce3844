;; The inner loop of the chunker: see specs/repository-format-chunking.md for what it computes.
;; Built by `node .config/build-wasm.mjs` into src/engine/chunker-wasm.ts.
;;
;; Memory: [0, 2048) the gear table, 256 little-endian 64-bit words; above it the caller's window.
(module
  (import "host" "memory" (memory 1))

  ;; The first address c in [$first, $last] whose hash over the 64 bytes before it is below
  ;; 2^(64 - $zeroBits), or 0 when there is none. Needs 64 readable bytes before $first.
  (func (export "findCut")
    (param $first i32) (param $last i32) (param $zeroBits i32) (result i32)
    (local $hash i64) (local $threshold i64)
    (local $next i32) (local $word i32)

    (local.set $threshold
      (i64.shl (i64.const 1) (i64.extend_i32_u (i32.sub (i32.const 64) (local.get $zeroBits)))))

    ;; Warm up: 63 bytes, so that the first byte of the main loop completes the hash of $first.
    (local.set $next (i32.sub (local.get $first) (i32.const 64)))
    (loop $warm
      (local.set $hash (i64.add (i64.shl (local.get $hash) (i64.const 1))
        (i64.load (i32.shl (i32.load8_u (local.get $next)) (i32.const 3)))))
      (local.set $next (i32.add (local.get $next) (i32.const 1)))
      (br_if $warm (i32.lt_u (i32.add (local.get $next) (i32.const 1)) (local.get $first))))

    ;; Four bytes a turn from one load. `word >> (8k - 3) & 2040` is byte k times the entry size.
    (block $fewLeft
      (loop $four
        (br_if $fewLeft (i32.gt_u (i32.add (local.get $next) (i32.const 4)) (local.get $last)))
        (local.set $word (i32.load (local.get $next)))

        (local.set $hash (i64.add (i64.shl (local.get $hash) (i64.const 1))
          (i64.load (i32.and (i32.shl (local.get $word) (i32.const 3)) (i32.const 2040)))))
        (if (i64.lt_u (local.get $hash) (local.get $threshold))
          (then (return (i32.add (local.get $next) (i32.const 1)))))

        (local.set $hash (i64.add (i64.shl (local.get $hash) (i64.const 1))
          (i64.load (i32.and (i32.shr_u (local.get $word) (i32.const 5)) (i32.const 2040)))))
        (if (i64.lt_u (local.get $hash) (local.get $threshold))
          (then (return (i32.add (local.get $next) (i32.const 2)))))

        (local.set $hash (i64.add (i64.shl (local.get $hash) (i64.const 1))
          (i64.load (i32.and (i32.shr_u (local.get $word) (i32.const 13)) (i32.const 2040)))))
        (if (i64.lt_u (local.get $hash) (local.get $threshold))
          (then (return (i32.add (local.get $next) (i32.const 3)))))

        (local.set $hash (i64.add (i64.shl (local.get $hash) (i64.const 1))
          (i64.load (i32.and (i32.shr_u (local.get $word) (i32.const 21)) (i32.const 2040)))))
        (if (i64.lt_u (local.get $hash) (local.get $threshold))
          (then (return (i32.add (local.get $next) (i32.const 4)))))

        (local.set $next (i32.add (local.get $next) (i32.const 4)))
        (br $four)))

    (block $done
      (loop $one
        (br_if $done (i32.ge_u (local.get $next) (local.get $last)))
        (local.set $hash (i64.add (i64.shl (local.get $hash) (i64.const 1))
          (i64.load (i32.shl (i32.load8_u (local.get $next)) (i32.const 3)))))
        (local.set $next (i32.add (local.get $next) (i32.const 1)))
        (br_if $one (i64.ge_u (local.get $hash) (local.get $threshold)))
        (return (local.get $next))))
    (i32.const 0)))
