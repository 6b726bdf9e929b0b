import { ATTENTION_ACTS } from './acts-attention'
import { HALT_ACTS } from './acts-halts'
import { TOOL_ACTS } from './acts-tools'
import { holds, is, RECORD_READERS, type Rule } from './act'

/**
 * THE permission table (DESIGN §7): every act of the product, who may, and what the others are told. Pages, handlers and
 * tests ask it through `can`; nothing else decides who may do what.
 */
export const ACTS = {
  // agents
  'agent.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in sees the agents.' },
  'agent.register': {
    effect: 'write',
    may: ['anyone'],
    says: 'Everybody but an auditor registers agents they own.',
    unless: (person, { ownerId }) =>
      ownerId !== undefined &&
      !is(person, ownerId) &&
      'You register agents you own. Let their owner register this one.',
  },
  'agent.edit': { effect: 'write', may: ['owner'], says: 'The agent’s owner edits it.' },
  'agent.accept_data': {
    effect: 'write',
    may: ['owner', 'ciso'],
    says: 'The agent’s owner or a ciso accepts where its data goes.',
  },
  'agent.activate': { effect: 'write', may: ['owner'], says: 'The agent’s owner activates it.' },
  'agent.suspend': {
    effect: 'write',
    may: ['owner', 'on_call', 'analyst', 'ciso'],
    says: 'The agent’s owner, whoever is on call, an analyst or a ciso suspends it.',
  },
  'agent.resume': {
    effect: 'write',
    may: ['owner', 'analyst', 'ciso'],
    says: 'An analyst or a ciso resumes a suspended agent; its owner may when the owner suspended it.',
    unless: (person, { suspendedBy }) =>
      !holds(person, ['analyst', 'ciso']) &&
      !is(person, suspendedBy) &&
      'Somebody else suspended this agent, so an analyst or a ciso resumes it.',
  },
  'agent.retire': {
    effect: 'write',
    may: ['owner', 'ciso', 'administrator'],
    says: 'The agent’s owner, a ciso or an administrator retires it.',
  },
  'agent.hand_over': {
    effect: 'write',
    may: ['owner', 'administrator'],
    says: 'The agent’s owner or an administrator hands it to another owner.',
  },
  'agent.take_over': {
    effect: 'write',
    may: ['anyone'],
    says: 'Everybody but an auditor takes over an agent whose owner is gone.',
    unless: (_person, { ownerGone }) =>
      ownerGone === false && 'Somebody answers for this agent. Its owner or an administrator hands it over.',
  },
  'agent.review': {
    effect: 'write',
    may: ['ciso', 'analyst'],
    says: 'A ciso or an analyst confirms a review and sets the next date.',
    unless: (person, { ownerId }) => is(person, ownerId) && 'You answer for this agent, so somebody else reviews it.',
  },
  'credential.create': { effect: 'write', may: ['owner'], says: 'The agent’s owner makes its credentials.' },
  'credential.rotate': { effect: 'write', may: ['owner'], says: 'The agent’s owner rotates its credentials.' },
  'credential.revoke': {
    effect: 'write',
    may: ['owner', 'on_call', 'analyst', 'ciso', 'administrator'],
    says: 'The agent’s owner, whoever is on call, an analyst, a ciso or an administrator revokes a credential.',
  },

  'runner.enrol': {
    effect: 'write',
    may: ['owner'],
    says: 'The agent’s owner enrols its runners: what they sign is believed.',
  },

  'enforcement_point.read': {
    effect: 'read',
    may: ['anyone'],
    says: 'Everybody signed in sees the enforcement points.',
  },
  'enforcement_point.create': {
    effect: 'write',
    may: ['anyone'],
    says: 'Everybody but an auditor makes an enforcement point: it asks for no agent until the agent’s owner lets it.',
  },
  'enforcement_point.let_ask': {
    effect: 'write',
    may: ['owner'],
    says: 'The agent’s owner lets an enforcement point ask for it.',
  },
  'enforcement_point.revoke': {
    effect: 'write',
    may: ['self', 'on_call', 'analyst', 'ciso', 'administrator'],
    says: 'Whoever made it, whoever is on call, an analyst, a ciso or an administrator revokes an enforcement point.',
  },

  // tools and what serves them
  ...TOOL_ACTS,

  // resources
  'resource.protect': {
    effect: 'write',
    may: ['analyst', 'ciso'],
    says: 'An analyst or a ciso marks a resource as protected.',
  },
  'resource.edit': {
    effect: 'write',
    may: ['owner', 'analyst', 'ciso'],
    says: 'Who answers for the resource, an analyst or a ciso edits what is said of it.',
  },
  'resource.unprotect': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso takes a protection away.',
    unless: (person, { ownerId }) =>
      is(person, ownerId) && 'You answer for this resource, so another ciso takes its protection away.',
  },

  // boundary
  'boundary.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in reads the boundaries.' },
  'boundary.draft': { effect: 'write', drafts: true, may: ['owner'], says: 'The agent’s owner drafts its boundary.' },
  'boundary.test': { effect: 'read', may: ['anyone'], says: 'Everybody signed in tries a text of a boundary.' },
  'boundary.sign': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso signs boundaries.',
    unless: (person, { drafterId }) => is(person, drafterId) && 'You drafted this, so another ciso signs it.',
  },
  'boundary.return': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso returns a draft to its drafter.',
    unless: (person, { drafterId }) => is(person, drafterId) && 'You drafted this: withdraw it instead.',
  },
  'boundary.withdraw': {
    effect: 'write',
    may: ['drafter', 'owner'],
    says: 'The drafter or the agent’s owner withdraws a draft.',
  },
  'boundary.tighten': {
    effect: 'write',
    may: ['owner', 'analyst', 'ciso', 'on_call'],
    says: 'The agent’s owner, an analyst, a ciso or whoever is on call tightens a boundary alone.',
  },
  'boundary.override': {
    effect: 'write',
    may: ['analyst', 'ciso'],
    says: 'A ciso or an analyst asks that a widening need not wait, and another of them agrees.',
    unless: (person, { drafterId }) =>
      is(person, drafterId) && 'You drafted this, so two others decide whether it may not wait.',
  },
  'boundary.simulate': {
    effect: 'read',
    may: ['owner', 'ciso', 'analyst', 'auditor'],
    says: 'The agent’s owner, a ciso, an analyst or an auditor tries a boundary on the past, and that is recorded.',
  },
  'elevation.ask': {
    effect: 'write',
    may: ['owner', 'on_call', 'analyst', 'ciso'],
    says: 'The agent’s owner, whoever is on call, an analyst or a ciso asks for an elevation.',
  },
  'elevation.answer': {
    effect: 'write',
    // whom the boundary names under `granted_by`: the seat rule says who exactly
    may: ['anyone'],
    says: 'Whom the boundary names grants an elevation.',
    unless: (person, { requesterId, ownerId }) =>
      (person.roles.includes('administrator') && 'Administrators approve nothing.') ||
      (is(person, requesterId) && 'You asked for this elevation, so somebody else grants it.') ||
      (is(person, ownerId) && 'You answer for this agent, so somebody else grants it.'),
  },
  'elevation.end': {
    effect: 'write',
    may: ['owner', 'on_call', 'analyst', 'ciso'],
    says: 'The agent’s owner, whoever is on call, an analyst or a ciso ends an elevation.',
  },
  'baseline.draft': {
    effect: 'write',
    drafts: true,
    may: ['analyst', 'ciso'],
    says: 'An analyst or a ciso drafts the baseline.',
  },
  'baseline.sign': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso signs the baseline.',
    unless: (person, { drafterId }) => is(person, drafterId) && 'You drafted this, so another ciso signs it.',
  },

  // approvals
  'approval.read': {
    effect: 'read',
    may: RECORD_READERS,
    says: 'The agent’s owner, whoever is on call and everybody with a role sees what waits for an answer.',
  },
  'approval.decide': {
    effect: 'write',
    // who exactly is the seat rule's to say (lib/approvals/seat.ts): a boundary may name a team, or one person
    may: ['anyone'],
    says: 'An analyst decides held actions, or whom the boundary names.',
    unless: (person, { requesterId, ownerId, seats = 1 }) =>
      (person.roles.includes('administrator') && 'Administrators approve nothing.') ||
      (is(person, requesterId) && 'The agent acts on your request, so somebody else decides.') ||
      (is(person, ownerId) && seats < 2 && 'You answer for this agent, so you may not decide alone.'),
  },

  ...ATTENTION_ACTS,

  // halts, drills and alerts
  ...HALT_ACTS,

  // reviews
  'review.read': {
    effect: 'read',
    may: RECORD_READERS,
    says: 'Whoever is on call and everybody with a role sees what is owed a review; an owner sees that of their own agents.',
  },
  'review.close': {
    effect: 'write',
    may: ['owner', 'on_call', 'analyst', 'ciso'],
    says: 'An analyst, a ciso or whoever is on call closes a review; the owner may say that something is wrong.',
    unless: (person, { requesterId }) =>
      (person.roles.includes('administrator') && 'Administrators review nothing.') ||
      (is(person, requesterId) && 'The agent made this change on your request, so somebody else reviews it.'),
  },
  'scrutiny.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in sees what to look for.' },
  'scrutiny.edit': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso says what to look for in what agents do, and after how many days a review is overdue.',
  },

  // audit
  'audit.read': {
    effect: 'read',
    may: RECORD_READERS,
    says: 'Whoever is on call and everybody with a role reads the record; an owner reads that of their own agents.',
  },
  'audit.export': {
    effect: 'read',
    may: ['auditor', 'ciso'],
    says: 'An auditor or a ciso takes the record away, and that is recorded.',
  },
  'view.save': { effect: 'own', may: ['self'], says: 'You keep views of the audit for yourself.' },
  'view.change': { effect: 'own', may: ['self'], says: 'Whoever kept a view renames it, shares it or removes it.' },
  'payload.open': {
    effect: 'read',
    may: RECORD_READERS,
    says: 'Whoever reads the record reads what is sensitive in it after saying why, and that is recorded.',
  },
  'payload.erase': {
    effect: 'write',
    may: ['administrator'],
    says: 'An administrator erases what is kept about somebody, and says on what ground.',
  },
  'payload.govern': {
    effect: 'write',
    may: ['administrator'],
    says: 'An administrator says how long payloads are kept and which are sensitive.',
  },
  'legal_hold.place': {
    effect: 'write',
    may: ['ciso', 'administrator'],
    says: 'A ciso or an administrator places a legal hold.',
  },
  'legal_hold.lift': { effect: 'write', may: ['ciso'], says: 'A ciso lifts a legal hold.' },
  'ledger.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in sees whether the ledger is whole.' },

  // people and settings
  'console.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in sees the console.' },
  'person.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in sees who answers for what.' },
  'person.invite': { effect: 'write', may: ['administrator'], says: 'An administrator invites people.' },
  'person.change_roles': {
    effect: 'write',
    may: ['administrator'],
    says: 'An administrator changes roles.',
    unless: (person, { personId }) => is(person, personId) && 'Another administrator changes your roles.',
  },
  'person.deactivate': {
    effect: 'write',
    may: ['administrator'],
    says: 'An administrator deactivates people.',
    unless: (person, { personId }) => is(person, personId) && 'Another administrator deactivates you.',
  },
  'person.reactivate': { effect: 'write', may: ['administrator'], says: 'An administrator reactivates people.' },
  'person.reset': {
    effect: 'write',
    may: ['administrator'],
    says: 'An administrator makes a link for a new password.',
  },
  'ciso.cosign': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso co-signs what an administrator does to a ciso.',
    unless: (person, { personId, requesterId }) =>
      (is(person, personId) && 'This is about you, so another ciso answers it.') ||
      (is(person, requesterId) && 'You asked for this, so another ciso answers it.'),
  },
  'on_call.read': { effect: 'read', may: ['anyone'], says: 'Everybody signed in sees who is on call.' },
  'on_call.assign': { effect: 'write', may: ['administrator'], says: 'An administrator says who is on call.' },
  'delegation.read': { effect: 'read', may: ['self'], says: 'You see who answers for you while you are away.' },
  'delegation.begin': {
    effect: 'own',
    may: ['self'],
    says: 'You name who answers for you while you are away, and nobody else does.',
    unless: ({ roles }) =>
      roles.some((role) => role === 'administrator' || role === 'auditor') &&
      'Administrators and auditors approve nothing, so nobody answers for them.',
  },
  'delegation.end': { effect: 'own', may: ['self'], says: 'Whoever is away or stands in ends it.' },
  'team.edit': { effect: 'write', may: ['administrator'], says: 'An administrator makes and renames teams.' },
  'settings.read': {
    effect: 'read',
    may: ['administrator', 'auditor', 'ciso'],
    says: 'An administrator, a ciso or an auditor sees the organisation’s settings.',
  },
  'settings.edit': { effect: 'write', may: ['administrator'], says: 'An administrator edits the organisation.' },
  'lease.govern': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso says how long a run lives without a word from its program.',
  },
  'lapse.set': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso says what becomes of an agent whose boundary lapsed or whose review is overdue.',
  },
  'stream.read': {
    effect: 'read',
    may: ['administrator', 'auditor', 'ciso'],
    says: 'An administrator, a ciso or an auditor sees what is streamed, and where to.',
  },
  'stream.manage': { effect: 'write', may: ['administrator'], says: 'An administrator makes and changes streams.' },
  'identity_provider.read': {
    effect: 'read',
    may: ['administrator', 'auditor', 'ciso'],
    says: 'An administrator, a ciso or an auditor sees whose security events are heard.',
  },
  'identity_provider.manage': {
    effect: 'write',
    may: ['administrator'],
    says: 'An administrator says whose security events are heard.',
  },
  'channel.read': {
    effect: 'read',
    may: ['administrator', 'auditor', 'ciso'],
    says: 'An administrator, a ciso or an auditor sees by which channels people are told.',
  },
  'channel.manage': { effect: 'write', may: ['administrator'], says: 'An administrator makes and changes channels.' },
  'notification.choose': { effect: 'own', may: ['anyone'], says: 'You choose what you hear of, for yourself.' },
  'session.read': { effect: 'own', may: ['self', 'administrator'], says: 'You see your own sessions.' },
  'session.revoke': {
    effect: 'own',
    may: ['self', 'administrator'],
    says: 'You end your own sessions; an administrator ends anybody’s.',
  },
  'device_login.answer': {
    effect: 'own',
    may: ['self'],
    says: 'You let a command line in as yourself, and as nobody else.',
  },
  'token.read': { effect: 'own', may: ['self', 'administrator'], says: 'You see your own tokens.' },
  'token.create': { effect: 'own', may: ['self'], says: 'You make tokens for yourself.' },
  'token.revoke': {
    effect: 'own',
    may: ['self', 'administrator'],
    says: 'You revoke your own tokens; an administrator revokes anybody’s.',
  },
  'passkey.manage': {
    effect: 'own',
    may: ['self'],
    says: 'You add, name and remove your own passkeys, and nobody else’s.',
  },
  'signatures.govern': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso says when signatures need a passkey.',
  },
  'verdicts.govern': {
    effect: 'write',
    may: ['ciso'],
    says: 'A ciso says from what is at stake an approval takes a passkey, and a reason.',
  },
  'password.change': { effect: 'own', may: ['self'], says: 'You change your own password.' },
} as const satisfies Record<string, Rule>

export type Act = keyof typeof ACTS
