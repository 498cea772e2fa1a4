/** Whether what stands under a key of this name may be a secret. Rather too many than too few. */
export function isSecretKey(key: string): boolean {
  return SECRET.test(key)
}

/** Whether a text carries a secret in itself: a URL with a password, `token=…`, an authorization header. */
export function holdsSecret(text: string): boolean {
  // No message shows more of a text than its beginning.
  const beginning = text.slice(0, 4096)
  return URL_WITH_USER.test(beginning) || SECRET_PAIR.test(beginning) || HEADER.test(beginning)
}

const SECRET = /pass|pwd|secret|token|key|auth|credential|cookie|session|private|dsn/i
const URL_WITH_USER = /\/\/[^/?#\s]*@/
const SECRET_PAIR = /(?:pass|pwd|secret|token|key|auth|credential|cookie|session)\w{0,20}["']?\s*[=:]/i
const HEADER = /^\s*(?:bearer|basic)\s/i
