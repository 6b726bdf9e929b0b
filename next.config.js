/** @type {import('next').NextConfig} */
const nextConfig = {
  // `npm test` runs tsc over the whole repository. Checking the same types again here would double the first start of a
  // fresh clone and catch nothing more.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
}

export default nextConfig
