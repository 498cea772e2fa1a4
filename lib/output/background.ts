import { getSystemErrorMap } from 'node:util'
import { Worker } from 'node:worker_threads'

/** What a write came to: bytes taken, and the error's code if that was not all. */
export interface Landing {
  readonly taken: number
  readonly code: string | undefined
}

/** The longest write. */
export const FLIGHT_BYTES = 1024 * 1024
/** The control words: what the thread is to do or has done; fd, bytes to write; bytes written; the error's number. */
const STATE = 0
const FD = 1
const LENGTH = 2
const TAKEN = 3
const ERRNO = 4
const WORDS = 5
const IDLE = 0
const WRITE = 1
const DONE = 2

/**
 * Writes to a file on a thread of its own, one write at a time, so that a stalled disk does not stall the application.
 * Not fs.write: nobody can tell, from the exit listener, whether one has reached an O_APPEND file, and a write made
 * after it may overtake it. Here the application's thread can wait for the write, and learns how far it came.
 * Cost: a thread (about 30 ms to start, off the application's thread) and 1 MiB.
 */
export class Background {
  inFlight = false
  private readonly control = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT))
  private readonly data = new Uint8Array(new SharedArrayBuffer(FLIGHT_BYTES))
  private readonly worker: Worker
  private readonly died: () => void

  /** `landed` is called, on the application's thread, when a write has ended; `failed` when there is no thread any more. */
  constructor(landed: () => void, failed: () => void) {
    this.died = failed
    this.worker = new Worker(SOURCE, {
      eval: true,
      name: 'hewn file',
      workerData: { control: this.control, data: this.data },
      env: {},
      execArgv: [],
      trackUnmanagedFds: false,
    })
    this.worker.on('message', landed)
    this.worker.on('error', failed)
    this.worker.unref()
  }

  /** Begins to write `length` of `bytes` from `offset` on, at most FLIGHT_BYTES. */
  launch(fd: number, bytes: Buffer, offset: number, length: number): void {
    this.data.set(bytes.subarray(offset, offset + length))
    this.control[FD] = fd
    this.control[LENGTH] = length
    this.control[TAKEN] = 0
    this.control[ERRNO] = 0
    this.inFlight = true
    Atomics.store(this.control, STATE, WRITE)
    Atomics.notify(this.control, STATE)
  }

  /** The end of the write, waited for until `deadline` (performance.now() time, ms); undefined if it has not ended. */
  land(deadline: number): Landing | undefined {
    const patience = deadline - performance.now()
    if (patience > 0) Atomics.wait(this.control, STATE, WRITE, patience)
    if (Atomics.load(this.control, STATE) !== DONE) return undefined
    return this.landing()
  }

  /** Ends the thread. Returns what a write that was under way came to, as far as is known. */
  stop(): Landing | undefined {
    this.worker.off('error', this.died)
    this.worker.on('error', () => undefined)
    void this.worker.terminate()
    return this.inFlight ? this.landing() : undefined
  }

  private landing(): Landing {
    this.inFlight = false
    Atomics.store(this.control, STATE, IDLE)
    const errno = this.control[ERRNO]!
    return {
      taken: this.control[TAKEN]!,
      code: errno === 0 ? undefined : (getSystemErrorMap().get(errno)?.[0] ?? 'EIO'),
    }
  }
}

/** As text, so that a bundled application needs no file for it. */
const SOURCE = `
'use strict'
const { writeSync } = require('node:fs')
const { parentPort, workerData: { control, data } } = require('node:worker_threads')
for (;;) {
  Atomics.wait(control, ${STATE}, ${IDLE})
  Atomics.wait(control, ${STATE}, ${DONE})
  if (Atomics.load(control, ${STATE}) !== ${WRITE}) continue
  try {
    while (control[${TAKEN}] < control[${LENGTH}]) {
      control[${TAKEN}] += writeSync(control[${FD}], data, control[${TAKEN}], control[${LENGTH}] - control[${TAKEN}])
    }
  } catch (error) {
    control[${ERRNO}] = error.errno || -5
  }
  Atomics.store(control, ${STATE}, ${DONE})
  Atomics.notify(control, ${STATE})
  parentPort.postMessage(0)
}
`
