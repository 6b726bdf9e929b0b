import path from 'node:path'
import { defineConfig } from '@playwright/test'
import { findBrowser } from './support/browser'

const { executablePath, args, env } = await findBrowser()

// One server for the whole run, made by global-setup with a database of its own. Zero retries: a flake is a bug.
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.e2e.ts',
  outputDir: '../test-results',
  globalSetup: path.join(import.meta.dirname, 'support/global-setup.ts'),
  retries: 0,
  workers: 1,
  // what is right passes at once: these only bound how long what is wrong, or a very busy machine, may take
  timeout: 300_000,
  expect: { timeout: 30_000 },
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath, args, env },
    viewport: { width: 1280, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
})
