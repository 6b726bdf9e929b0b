/** Acts about drills of the kill switch (C33, ADR 0038); a part of THE permission table. */
export const DRILL_ACTS = {
  'drill.run': {
    effect: 'write',
    may: ['on_call', 'analyst', 'ciso'],
    says: 'Whoever is on call, an analyst or a ciso drills; a live drill takes two of them.',
  },
  'drill.answer': {
    effect: 'write',
    may: ['on_call', 'analyst', 'ciso'],
    says: 'Whoever is on call, an analyst or a ciso agrees to a live drill that somebody else planned.',
  },
  'drill.schedule': {
    effect: 'write',
    may: ['ciso', 'administrator'],
    says: 'A ciso or an administrator says when drills are due.',
  },
} as const
