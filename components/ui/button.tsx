import { LoaderCircle, Lock, type LucideIcon } from 'lucide-react'
import Link from 'next/link'
import { type ComponentProps, type MouseEventHandler, type ReactNode, useId } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'

export type ButtonVariant = 'plain' | 'pri' | 'neg' | 'halt' | 'halt-quiet' | 'bare'
export type ButtonSize = 'sm' | 'md' | 'lg'

type Look = {
  /** Names the act and its object: "Approve refund", never "OK". */
  children: ReactNode
  variant?: ButtonVariant
  size?: ButtonSize
  /** As wide as its column. */
  wide?: boolean
  icon?: LucideIcon
}

type ButtonProps = Look & {
  type?: 'button' | 'submit'
  /** The act is under way: the label stays, the button does nothing. */
  busy?: boolean
  /** Why this person may not do it now. Shown beneath: a greyed control never stands without its reason. */
  disabledReason?: ReactNode
  onClick?: MouseEventHandler<HTMLButtonElement>
  autoFocus?: boolean
} & Pick<
    ComponentProps<'button'>,
    'id' | 'name' | 'value' | 'form' | 'formAction' | 'aria-describedby' | 'aria-expanded' | 'aria-controls' | 'ref'
  >

/** A button. While busy or not allowed it is no submit button any more, so a form without JavaScript cannot send it either. */
export function Button({
  children,
  variant = 'plain',
  size = 'md',
  wide,
  icon,
  type = 'button',
  busy,
  disabledReason,
  onClick,
  ...rest
}: ButtonProps) {
  const reasonId = useId()
  const inert = Boolean(busy) || Boolean(disabledReason)
  const button = (
    <button
      {...rest}
      type={inert ? 'button' : type}
      className={look(variant, size, wide)}
      onClick={inert ? undefined : onClick}
      aria-disabled={inert || undefined}
      aria-busy={busy || undefined}
      aria-describedby={disabledReason ? reasonId : rest['aria-describedby']}
    >
      {busy ? (
        <LoaderCircle aria-hidden className="i spin" />
      ) : (
        <Glyph icon={disabledReason ? Lock : icon} large={size === 'lg'} />
      )}
      {children}
    </button>
  )
  if (!disabledReason) return button
  return (
    <>
      {button}
      <span className="hint" id={reasonId}>
        {disabledReason}
      </span>
    </>
  )
}

/**
 * A link that looks like a button, for acts that begin on another page, or further down this one. A place on this page is left to
 * the browser: the router would scroll there and leave the keyboard where it was.
 */
export function ButtonLink({
  children,
  variant = 'plain',
  size = 'md',
  wide,
  icon,
  href,
  ...rest
}: Look & { href: string } & Pick<ComponentProps<'a'>, 'id' | 'download' | 'aria-describedby'>) {
  const Anchor = href.startsWith('#') ? 'a' : Link
  return (
    <Anchor {...rest} href={href} className={look(variant, size, wide)}>
      <Glyph icon={icon} large={size === 'lg'} />
      {children}
    </Anchor>
  )
}

/** A button that is only an icon. It cannot be made without a name. */
export function IconButton({
  label,
  icon,
  onClick,
  type = 'button',
  ...rest
}: {
  label: string
  icon: LucideIcon
  onClick?: MouseEventHandler<HTMLButtonElement>
  type?: 'button' | 'submit'
} & Pick<
  ComponentProps<'button'>,
  'id' | 'name' | 'value' | 'popoverTarget' | 'aria-expanded' | 'aria-controls' | 'className' | 'formAction'
>) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      title={label}
      onClick={onClick}
      className={classNames('icon-btn', rest.className)}
    >
      <Icon of={icon} size="md" />
    </button>
  )
}

function Glyph({ icon, large }: { icon: LucideIcon | undefined; large: boolean }) {
  return icon ? <Icon of={icon} size={large ? 'lg' : 'sm'} /> : null
}

function look(variant: ButtonVariant, size: ButtonSize, wide: boolean | undefined): string {
  return classNames('btn', variant !== 'plain' && variant, size !== 'md' && size, wide && 'w')
}
