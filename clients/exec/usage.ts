import fs from 'node:fs'
import { OWN_TASKS } from './guard'
import type { Bounds } from './confinement'

/** Which limit a sandbox is beyond. */
export type Beyond = 'memory' | 'processes'

/** What the processes of a sandbox have together: processes and threads, and bytes that are theirs alone. */
export type Usage = { tasks: number; memory: number }

const LOOKS_MS = 100
/** Looking takes at most this part of the time. */
const SHARE = 20

/**
 * Looks, many times a second, at what all processes of a sandbox have together, and says once which limit they are beyond. Between two looks they may have more: what
 * each of them may have is the kernel's to hold.
 * @param root the process that the others come from
 * @returns stops looking
 */
export function watchUsage(root: number, { memory, processes }: Bounds, beyond: (limit: Beyond) => void): () => void {
  let timer: NodeJS.Timeout
  const look = () => {
    const began = performance.now()
    const used = usageOf(root, memory)
    if (used.tasks > processes + OWN_TASKS) beyond('processes')
    else if (used.memory > memory) beyond('memory')
    else timer = setTimeout(look, Math.max(LOOKS_MS, SHARE * (performance.now() - began)))
  }
  timer = setTimeout(look, LOOKS_MS)
  return () => {
    clearTimeout(timer)
  }
}

/**
 * What a process and all that come from it have now. Memory that several of them share is counted once where the sum would be too much.
 * @param enough bytes: a sum below is not looked at more closely
 */
export function usageOf(root: number, enough: number): Usage {
  const { pids, tasks } = treeOf(root)
  const files = inMemoryFiles(pids)
  const plain = sumOf(pids, 'status', /^(?:RssAnon|RssShmem|VmSwap):\s+([0-9]+) kB$/gm)
  if (plain + files <= enough) return { tasks, memory: plain + files }
  const shared = sumOf(pids, 'smaps_rollup', /^Pss_Shmem:\s+([0-9]+) kB$/gm)
  const own = sumOf(pids, 'smaps_rollup', /^(?:Pss_Anon|SwapPss):\s+([0-9]+) kB$/gm)
  // what a process maps of those files is in both
  return { tasks, memory: own + Math.max(shared, files) }
}

/** A process, those that come from it, and how many threads they are in all. What is orphaned comes from the init of its namespace. */
function treeOf(root: number): { pids: number[]; tasks: number } {
  const children = new Map<number, number[]>()
  const threads = new Map<number, number>()
  for (const name of fs.readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue
    // state, parent, …, threads (proc(5)); its name may hold anything, parentheses too
    const fields = read(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ') ?? []
    const [, parent = '0'] = fields
    threads.set(Number(name), Number(fields[17] ?? 0))
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)])
  }
  const pids = [root]
  for (const pid of pids) pids.push(...(children.get(pid) ?? []))
  return { pids, tasks: pids.reduce((sum, pid) => sum + (threads.get(pid) ?? 0), 0) }
}

function sumOf(pids: readonly number[], file: string, lines: RegExp): number {
  const found = pids.flatMap((pid) => [...read(`/proc/${String(pid)}/${file}`).matchAll(lines)])
  return found.reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) * 1_024
}

/** What lies in the file systems in memory that this process does not have itself: those of the sandbox, and what was mounted in it. */
function inMemoryFiles(pids: readonly number[]): number {
  const known = new Set(inMemory('self').map(({ device }) => device))
  const spaces = new Map<string, number>()
  for (const pid of pids) spaces.set(space(pid), pid)
  const found = new Map<string, string>()
  for (const pid of spaces.values())
    for (const { device, at } of inMemory(String(pid))) if (!known.has(device)) found.set(device, at)
  return [...found.values()].reduce((sum, at) => sum + bytesIn(at), 0)
}

/** The namespace of mounts a process is in; what cannot be told is one of its own. */
function space(pid: number): string {
  try {
    return fs.readlinkSync(`/proc/${String(pid)}/ns/mnt`)
  } catch {
    return String(pid)
  }
}

function inMemory(pid: string): { device: string; at: string }[] {
  return read(`/proc/${pid}/mountinfo`)
    .split('\n')
    .filter((line) => line.includes(' - tmpfs '))
    .map((line) => line.split(' '))
    .map(([, , device = '', , at = '']) => ({ device, at: `/proc/${pid}/root${at}` }))
}

function bytesIn(folder: string): number {
  try {
    const { blocks, bfree, bsize } = fs.statfsSync(folder)
    return (blocks - bfree) * bsize
  } catch {
    return 0 // it has ended
  }
}

const PAGE = 4

/** How much a file system in memory may hold at most, in kilobytes: whole pages, as the kernel counts them. */
export const tmpfsKilobytes = (memory: number): number => Math.ceil(memory / 1_024 / PAGE) * PAGE

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended
  }
}
