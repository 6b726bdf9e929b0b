import type { Db } from '@/lib/db/client'
import type { Actor } from './actor'
import { deviceLoginState, type DeviceLoginState } from './device-login'
import { findDeviceLogin, type DeviceLoginRow } from './store-device'

export { forgetDeviceLogins } from './store-device'

export type DeviceLoginView = Pick<
  DeviceLoginRow,
  'id' | 'userCode' | 'machine' | 'userAgent' | 'address' | 'askedAt'
> & {
  expiresAt: Date
  state: DeviceLoginState
}

/** A login as the person who typed its code sees it; null for everybody else. */
export async function readDeviceLogin(db: Db, actor: Actor, id: string, now: Date): Promise<DeviceLoginView | null> {
  const login = await findDeviceLogin(db, id, now, actor.id)
  if (login === null) return null
  const { userCode, machine, userAgent, address, askedAt, expiresAt } = login
  return { id, userCode, machine, userAgent, address, askedAt, expiresAt, state: deviceLoginState(login, now) }
}
