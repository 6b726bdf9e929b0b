// Typed lint. Run by `node bin/test.mjs lint`; everything is an error, so that nobody learns to read past warnings.
import path from 'node:path'
import a11y from 'eslint-plugin-jsx-a11y'
import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const root = path.resolve(import.meta.dirname, '..')

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: a thing has one name everywhere.',
}
const noBarrel = { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that defines it.' }
const noInstanceofFault = {
  selector: "BinaryExpression[operator='instanceof'][right.name=/Fault$|StartError$/]",
  message: 'Branch on .code: instanceof fails across the two halves of the process (DESIGN §3).',
}

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '.next/',
      'dist/',
      '.data/',
      'lib/db/generated/',
      'next-env.d.ts',
      'playwright-report/',
      'test-results/',
    ],
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: root } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400 }],
      'no-restricted-syntax': ['error', noDefaultExport, noBarrel, noInstanceofFault],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // Fastify's and Next's hooks are async by contract, whether or not ours awaits.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['{app,components}/**/*.{ts,tsx}'],
    extends: [a11y.flatConfigs.strict, hooks.configs.flat.recommended],
    rules: {
      // What scrolls must be reachable by keyboard (axe: scrollable-region-focusable), so regions and code blocks take focus.
      'jsx-a11y/no-noninteractive-tabindex': [
        'error',
        { tags: ['pre', 'section'], roles: ['tabpanel', 'region', 'group'], allowExpressionValues: true },
      ],
    },
  },
  {
    // Where a framework looks for the default export.
    files: ['app/**/*.{ts,tsx}', '**/*.config.{ts,mjs,js}', '.ci/*.ts', 'e2e/support/global-setup.ts'],
    rules: { 'no-restricted-syntax': ['error', noBarrel, noInstanceofFault] },
  },
  {
    files: ['**/*.test.{ts,tsx}', 'e2e/**'],
    rules: {
      // JSON from a wire and rows from raw SQL are `any` until the assertion that follows has judged them.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { ecmaVersion: 2024, sourceType: 'module' },
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }], 'max-lines': ['error', { max: 400 }] },
  },
)
