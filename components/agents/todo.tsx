import { Check, Circle } from 'lucide-react'
import type { ReactNode } from 'react'
import { Icon } from '../ui/icon'

export type Todo = { key: string; done: boolean; words: ReactNode; act?: ReactNode }

/** What stands between an agent and its first allowed action, in the order people do it. */
export function TodoList({ items }: { items: readonly Todo[] }) {
  return (
    <ul className="todo">
      {items.map(({ key, done, words, act }) => (
        <li key={key}>
          <span className={done ? 'st allow' : 'st hold'}>
            <Icon of={done ? Check : Circle} />
            {done ? 'Done' : 'To do'}
          </span>
          <span>{words}</span>
          {!done && act}
        </li>
      ))}
    </ul>
  )
}
