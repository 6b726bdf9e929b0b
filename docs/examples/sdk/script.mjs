// A plain script: the refund is proposed, waits for a person where the boundary asks for one, and is made only under its grant.
import { CountersignClient, guard } from '@countersign/sdk'

const {
  COUNTERSIGN_SERVER: server,
  COUNTERSIGN_CLIENT_ID: clientId,
  COUNTERSIGN_CLIENT_SECRET: clientSecret,
  CRM,
} = process.env
const client = new CountersignClient({ server, clientId, clientSecret })
const refund = guard(client, 'crm.refund', async ({ order, amount }, { signal }) => {
  const made = await fetch(`${CRM}/orders/${order}/refunds`, {
    method: 'POST',
    body: JSON.stringify({ amount }),
    signal,
  })
  if (!made.ok) throw new Error(`The CRM answered ${made.status}.`)
  return made.json()
})
console.log(JSON.stringify(await refund({ order: process.argv[2], amount: Number(process.argv[3]) })))
