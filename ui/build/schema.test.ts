import { readFile } from 'node:fs/promises'
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript'
import { expect, it } from 'vitest'

const here = (name: string) => new URL(`../${name}`, import.meta.url)

it('the types of the API are those of its document: npm run schema', async () => {
  const options = { rootTypes: true, rootTypesNoSchemaPrefix: true, alphabetize: true }
  const made = astToString(await openapiTS(here('openapi.json'), options))
  expect(`${COMMENT_HEADER}${made}`).toBe(await readFile(here('src/api/schema.ts'), 'utf8'))
}, 60_000)
