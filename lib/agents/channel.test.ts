import { describe, expect, it } from 'vitest'
import { CHANNELS, channelLabels, channelOf } from './channel'

describe('the door an action came in by', () => {
  it('is read back from the labels of its entry as it was written', () => {
    for (const channel of CHANNELS) expect(channelOf(['code_review', ...channelLabels(channel)])).toBe(channel)
  })

  it('costs an entry of the native API nothing', () => {
    expect(channelLabels('api')).toEqual([])
    expect(channelLabels(undefined)).toEqual([])
  })

  it('counts as the native API where this version does not know it', () => {
    expect(channelOf(['via_carrier_pigeon'])).toBe('api')
  })
})
