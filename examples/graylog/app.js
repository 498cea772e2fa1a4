// Sends mails from a queue, one a second. Where its lines go is in hewn.config.json.
import { getLogger, logger } from 'hewn'

const mail = getLogger('mail')
let number = 0

function next() {
  const job = mail.child({ mail: ++number, to: `customer-${number}@example.com` })
  job.debug('taken from the queue')
  try {
    send(number)
    job.info({ bytes: 1200 + number, attachments: ['invoice.pdf'] }, 'sent')
  } catch (error) {
    job.error(error, 'not sent')
  }
}

function send(number) {
  if (number % 3 === 0) throw Object.assign(new Error('mailbox full'), { code: 552 })
}

logger.info('started')
next()
setInterval(next, Number(process.env.INTERVAL_MS ?? 1000))
