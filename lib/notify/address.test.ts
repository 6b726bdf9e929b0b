import { describe, expect, test } from 'vitest'
import { isLoopback, reachOf } from './address'

describe('an address to send to', () => {
  test.each([
    ...['169.254.169.254', '169.254.170.2', '0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '100.100.100.200'],
    ...['168.63.129.16', '192.0.0.192', '::', 'fe80::1', 'fe80::1%eth0', 'ff02::1', 'fd00:ec2::254', 'fd20:ce::254'],
  ])('is refused whatever was chosen: link-local, metadata, nobody, everybody (%s)', (address) => {
    expect(reachOf(address)).toBe('refused')
  })

  test.each([
    ...[
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
      '0:0:0:0:0:ffff:a9fe:a9fe',
      '64:ff9b::a9fe:a9fe',
      '64:ff9b::169.254.169.254',
    ],
    ...['2002:a9fe:a9fe::1', '::169.254.169.254', '2001:0:1::1', '64:ff9b:1::a9fe:a9fe'],
  ])('is refused however the metadata service is wrapped in IPv6 (%s)', (address) => {
    expect(reachOf(address)).toBe('refused')
  })

  test.each([
    ...[
      '127.0.0.1',
      '127.9.9.9',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '198.18.0.1',
    ],
    ...[
      '::1',
      'fc00::1',
      'fd12:3456::1',
      '::ffff:10.0.0.1',
      '::ffff:127.0.0.1',
      '64:ff9b::10.1.2.3',
      '2002:0a00:0001::',
    ],
  ])('is private within one’s own network (%s)', (address) => {
    expect(reachOf(address)).toBe('private')
  })

  test.each([
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '9.255.255.255',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('is public anywhere else (%s)', (address) => {
    expect(reachOf(address)).toBe('public')
  })

  test.each(['', 'localhost', '1.2.3', '0x7f.1', '2130706433', '1.2.3.4.5', ':::'])(
    'is refused when it is none (%s)',
    (text) => {
      expect(reachOf(text)).toBe('refused')
    },
  )

  test('is this machine under every name of it', () => {
    for (const address of ['127.0.0.1', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1'])
      expect(isLoopback(address)).toBe(true)
    for (const address of ['128.0.0.1', '::2', '::', 'x', '::ffff:10.0.0.1']) expect(isLoopback(address)).toBe(false)
  })
})
