import { is, type Rule } from './act'

/** Acts about tools and the servers that have them; a part of THE permission table. */
export const TOOL_ACTS = {
  // tools
  'tool.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in sees the catalogue.' },
  'tool.register': { effect: 'write', may: ['anyone'], says: 'Everybody but an auditor adds tools to the catalogue.' },
  'tool.confirm': {
    effect: 'write',
    may: ['analyst', 'ciso'],
    says: 'An analyst or a ciso confirms a tool’s class.',
  },

  // upstreams
  'upstream.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in sees the servers agents reach.' },
  'upstream.propose': {
    effect: 'write',
    may: ['administrator', 'ciso'],
    says: 'An administrator or a ciso connects servers for agents.',
  },
  'upstream.connect': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso signs for a server that can write to production.',
    unless: (person, { drafterId }) =>
      is(person, drafterId) && 'You proposed this server, so another ciso signs for it.',
  },
  'upstream.rekey': {
    effect: 'write',
    may: ['administrator', 'ciso'],
    says: 'An administrator or a ciso replaces the credential of a server.',
  },
  'upstream.disconnect': {
    effect: 'write',
    may: ['owner', 'on_call', 'analyst', 'ciso', 'administrator'],
    says: 'Who answers for a server, whoever is on call, an analyst, a ciso or an administrator disconnects it.',
  },
} as const satisfies Record<string, Rule>
