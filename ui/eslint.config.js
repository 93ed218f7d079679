import js from '@eslint/js'
import a11y from 'eslint-plugin-jsx-a11y'
import hooks from 'eslint-plugin-react-hooks'
import { readdirSync } from 'node:fs'
import tseslint from 'typescript-eslint'

/** What the files of a layer may not import, and why. */
function layer(files, forbidden, message) {
  const patterns = [{ group: forbidden, message }]
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } }
}

const above = (...names) => names.flatMap(name => [`@/${name}/**`, `@/${name}`, `**/../${name}/**`])

const features = readdirSync('src/features', { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => entry.name)

export default tseslint.config(
  { ignores: ['node_modules', 'src/api/schema.ts', 'public'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  a11y.flatConfigs.recommended,
  hooks.configs.flat.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      // A `default` says what becomes of all others.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // A number in a text is written as one expects.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => act()` is the shortest way to write a handler.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Promises of the router and of queries report their errors themselves.
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/unified-signatures': 'off',
      // A hook of a virtual list gives functions that change; the compiler skips its component.
      'react-hooks/incompatible-library': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
          message: 'Strings are text, never markup.',
        },
      ],
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.test.{ts,tsx}', 'build/vitest.ts'],
    rules: {
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  layer(
    ['src/core/**'],
    ['react', 'react-dom', 'react/**', '@mantine/**', '@tanstack/**', '@xyflow/**'].concat(
      above('api/client', 'components', 'features', 'routes', 'theme'),
    ),
    'core is pure: it knows neither React nor the server.',
  ),
  layer(
    ['src/api/**'],
    above('components', 'features', 'routes'),
    'api asks the server and knows nothing of what shows it.',
  ),
  layer(
    ['src/components/**'],
    above('features', 'routes'),
    'components are shared by features and know none.',
  ),
  ...features.map(name =>
    layer(
      [`src/features/${name}/**`],
      above('routes').concat(
        features.filter(other => other !== name).flatMap(other => above(`features/${other}`)),
      ),
      'A feature imports no other one. What two need is a component.',
    ),
  ),
)
