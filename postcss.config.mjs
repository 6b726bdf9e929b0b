/** Tailwind is the only plugin: it also flattens nesting and prefixes what our browsers need. */
const config = { plugins: { '@tailwindcss/postcss': {} } }
export default config
