import { describe, expect, it } from 'vitest'
import { allowsHost, refusesAddress } from './hosts'

const OWN = ['10.9.8.7', 'fd12:3456::9']

describe('an allow-list', () => {
  it.each([
    ['api.example.com', 'api.example.com', 443, true],
    ['api.example.com', 'API.Example.com.', 80, true],
    ['api.example.com', 'api.example.com', 8443, false],
    ['api.example.com:8443', 'api.example.com', 8443, true],
    ['api.example.com:8443', 'api.example.com', 443, false],
    ['api.example.com', 'evil-api.example.com', 443, false],
    ['api.example.com', 'api.example.com.evil.test', 443, false],
    ['api.example.com', 'x.api.example.com', 443, false],
    ['*.example.com', 'a.example.com', 443, true],
    ['*.example.com', 'a.b.example.com', 443, true],
    ['*.example.com', 'example.com', 443, false],
    ['*.example.com', '.example.com', 443, false],
    ['*.example.com', 'evilexample.com', 443, false],
    ['*.example.com:8443', 'a.example.com', 8443, true],
  ])('%s against %s:%i is %s', (entry, name, port, expected) => {
    expect(allowsHost([entry], name, port)).toBe(expected)
  })

  it('that is empty allows nothing', () => {
    expect(allowsHost([], 'example.com', 443)).toBe(false)
  })
})

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    'fe80::1',
    'fd00:ec2::254',
    'ff02::1',
    '64:ff9b::a9fe:a9fe',
    '10.9.8.7',
    '::ffff:10.9.8.7',
    '::ffff:a09:807',
    'fd12:3456::9',
    'fd12:3456:0::9',
    'no address',
  ])('%s is never reached by a name that leads there', (address) => {
    expect(refusesAddress(address, 'signed.example.com', OWN)).toBe(true)
  })

  it.each(['93.184.216.34', '10.0.0.7', '192.168.1.9', '2606:4700::1111', 'fd12:3456::1'])(
    '%s is reached where its name was signed',
    (address) => {
      expect(refusesAddress(address, 'signed.example.com', OWN)).toBe(false)
    },
  )

  it('this machine is reached where it was named itself', () => {
    expect(refusesAddress('127.0.0.1', 'localhost', OWN)).toBe(false)
    expect(refusesAddress('::1', 'localhost', OWN)).toBe(false)
    expect(refusesAddress('127.0.0.1', '127.0.0.1', OWN)).toBe(false)
    expect(refusesAddress('10.9.8.7', '10.9.8.7', OWN)).toBe(false)
    expect(refusesAddress('10.9.8.7', 'localhost', OWN)).toBe(true)
    expect(refusesAddress('169.254.169.254', '169.254.169.254', OWN)).toBe(true)
  })
})
