/** Acts about whether people read what they answer (ADR 0035); a part of THE permission table. */
export const ATTENTION_ACTS = {
  'attention.read_people': {
    effect: 'read',
    may: ['ciso', 'auditor'],
    says: 'A ciso or an auditor sees how each person answers; everybody sees that of themselves.',
  },
  'attention.govern': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso says from when on figures about approvals are a finding, and plans test requests.',
  },
} as const
