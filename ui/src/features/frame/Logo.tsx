/** Two birds on their way. */
export function Logo() {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 16 16"
      fill="none"
      stroke="var(--v-accent)"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d="M1.5 5.2C3.2 3.6 4.6 3.8 5.6 5.6 6.6 3.8 8 3.6 9.7 5.2M6.3 11.6c1.7-1.6 3.1-1.4 4.1.4 1-1.8 2.4-2 4.1-.4" />
    </svg>
  )
}
