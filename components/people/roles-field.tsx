import { Option, Options } from '@/components/ui/field'
import { ROLES, ROLE_SAYS, type Role } from '@/lib/people/role'

/** The four roles as checkboxes, each with what it is for. */
export function RolesField({ chosen, error }: { chosen: readonly string[]; error?: string }) {
  return (
    <Options legend="Roles" name="roles" error={error}>
      {ROLES.map((role: Role) => (
        <Option
          key={role}
          type="checkbox"
          name="roles"
          value={role}
          defaultChecked={chosen.includes(role)}
          hint={` ${ROLE_SAYS[role]}`}
        >
          {role}
        </Option>
      ))}
      <p className="hint">
        Without a role somebody can still own agents. An administrator and an auditor hold no other role.
      </p>
    </Options>
  )
}
