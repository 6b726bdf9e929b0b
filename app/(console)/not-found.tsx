import { NotHere } from '@/components/shell/not-here'

/** Something of the console that does not exist, or that this person may not see. The frame stays around it. */
export default function NotFoundHere() {
  return <NotHere />
}
