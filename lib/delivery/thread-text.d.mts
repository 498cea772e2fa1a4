/** The program of the delivery thread with all it needs, as one text. Made by scripts/bundle.ts from what the compiler wrote. */
export const text: string
