/** Our mark: two strokes of one hand over a ruled line, inside a seal. */
export function Mark() {
  return (
    <svg
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <rect x="1" y="1" width="16" height="16" rx="3" />
      <path d="M4.6 11.6 7.6 5.4M8 11.6l3-6.2" />
      <path d="M4.6 14h8.8" strokeWidth="1.3" />
    </svg>
  )
}
