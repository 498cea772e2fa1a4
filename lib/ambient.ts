/**
 * What is in use in this process that a log call must look at. One number, so that a call asks once for all of
 * them: zero until an application first uses one.
 */
export const ambient: { extras: number } = { extras: 0 }

export const enum Ambient {
  context = 1,
  trace = 2,
}
