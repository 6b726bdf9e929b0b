import { exportInput } from '@/lib/evidence/contract'
import { makeExport } from '@/lib/evidence/make-export'
import { fileAnswer } from '@/lib/http/file-answer'
import { handle } from '@/lib/http/handle'

/**
 * Takes the record, or a part of it, away as a file: from the console's form, or with an auditor's API token. The file is made while
 * it is read, so there is no transaction around it: its beginning and its end are entries of their own.
 */
export const POST = handle(
  { permission: 'audit.export', input: exportInput, transaction: false },
  async ({ actor, input, now }) => {
    const { pieces, file } = await makeExport(actor, input, now)
    return fileAnswer(pieces, file)
  },
)
