/** The header in which the server tells Next which address was asked for; what a client sends under this name is replaced. */
export const ASKED_FOR_HEADER = 'x-countersign-path'
