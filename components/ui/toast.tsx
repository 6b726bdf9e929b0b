'use client'

import { X } from 'lucide-react'
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'
import { IconButton } from './button'

type Toast = { id: number; words: ReactNode }
const ToastContext = createContext<((words: ReactNode) => void) | null>(null)

/** The live region for what just happened. A toast is never the only record of anything, and stays until it is dismissed. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const show = useCallback(
    (words: ReactNode) => setToasts((before) => [...before.slice(-2), { id: (before.at(-1)?.id ?? 0) + 1, words }]),
    [],
  )
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div className="toast" key={toast.id}>
            <span className="tx">{toast.words}</span>
            <IconButton
              label="Dismiss"
              icon={X}
              onClick={() => setToasts((before) => before.filter(({ id }) => id !== toast.id))}
            />
          </div>
        ))}
      </div>
    </ToastContext>
  )
}

/** Says that something happened: `toast(<>You approved the restart. <a href=…>act_…</a></>)`. */
export function useToast(): (words: ReactNode) => void {
  const show = useContext(ToastContext)
  if (!show) throw new Error('useToast is for components inside ToastProvider')
  return show
}
