import { connect } from 'amqplib'
import { messageOf } from '../../../dapr/install/errors.ts'

/**
 * Logs in over AMQP and out again, within 5 s.
 * @throws Error with the reason in words; it does not repeat the password
 */
export async function logIn(url: string): Promise<void> {
  try {
    const connection = await connect(url, { timeout: 5000 })
    // it may also break while it is closed
    connection.on('error', () => {})
    await connection.close()
  } catch (error) {
    throw new Error(inWords(messageOf(error)), { cause: error })
  }
}

function inWords(message: string): string {
  if (message.includes('ACCESS_REFUSED')) return 'it refuses the user or the password'
  if (message.includes('ConnectionOpenOk')) return 'it refuses the virtual host'
  if (message.endsWith('ETIMEDOUT')) return 'it does not answer within 5 s'
  return message
}
