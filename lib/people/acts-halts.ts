import { type Rule } from './act'
import { DRILL_ACTS } from './acts-drill'

/** Acts about halts, drills and alerts; a part of THE permission table. */
export const HALT_ACTS = {
  // halt
  'halt.read': { effect: 'read', halts: true, may: ['anyone'], says: 'Everybody signed in sees the halts.' },
  'halt.engage': {
    effect: 'write',
    halts: true,
    may: ['on_call', 'analyst', 'ciso'],
    says: 'Whoever is on call, an analyst or a ciso engages a halt.',
  },
  'halt.lift': {
    effect: 'write',
    may: ['on_call', 'analyst', 'ciso'],
    says: 'Whoever is on call, an analyst or a ciso lifts a halt, two together.',
  },
  'halt_source.read': {
    effect: 'read',
    may: ['administrator', 'ciso', 'auditor'],
    says: 'An administrator, a ciso or an auditor sees what outside may engage halts.',
  },
  'halt_source.manage': {
    effect: 'write',
    may: ['administrator', 'ciso'],
    says: 'An administrator or a ciso says what outside may engage halts.',
  },

  ...DRILL_ACTS,

  // alerts
  'alert.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in sees the alerts.' },
  'alert.acknowledge': {
    effect: 'write',
    may: ['owner', 'on_call', 'analyst', 'ciso'],
    says: 'The agent’s owner, whoever is on call, an analyst or a ciso acknowledges an alert.',
  },
} as const satisfies Record<string, Rule>
