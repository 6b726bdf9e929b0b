/** @type {import('next').NextConfig} */
const nextConfig = {
  // `npm test` runs tsc over the whole repository. Checking the same types again here would double the first start of a
  // fresh clone and catch nothing more.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  // Loaded from node_modules at run time, as the server's own half does: one copy each in the process.
  serverExternalPackages: ['pg', '@prisma/adapter-pg', '@prisma/client', '@node-rs/argon2', 'nodemailer'],
  // Nothing here needs an image resizer listening on the network.
  images: { unoptimized: true },
  // Titles come in the head of every answer. Streamed behind the page, a live page that draws itself again has no title for a
  // moment, and a screen reader that looks then finds a page without a name (WCAG 2.4.2).
  htmlLimitedBots: /./,
}

export default nextConfig
