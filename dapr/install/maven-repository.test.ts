import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { mavenRepository } from './maven-repository.ts'
import { emptyPlace } from './testing.ts'

const settings = (mirrors: string) => `<?xml version="1.0"?>
<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0">
  <!-- <mirrors><mirror><mirrorOf>*</mirrorOf><url>http://commented.example</url></mirror></mirrors> -->
  <profiles><profile><repositories><repository><url>http://other.example</url></repository></repositories></profile></profiles>
  <mirrors>${mirrors}</mirrors>
</settings>`
const mirror = (of: string, url: string) =>
  `<mirror><id>m</id><mirrorOf>${of}</mirrorOf>\n<url>${url}</url></mirror>`

test('without settings it is Maven Central', async () => {
  await using place = await emptyPlace()
  expect(await mavenRepository(place.env)).toBe('https://repo.maven.apache.org/maven2')
})

test('SHOP_MAVEN_URL names another one', async () => {
  await using place = await emptyPlace()
  await Bun.write(join(place.env.HOME, '.m2/settings.xml'), settings(mirror('*', 'http://mirror.example')))
  expect(await mavenRepository({ ...place.env, SHOP_MAVEN_URL: 'http://here.example/maven/' })).toBe(
    'http://here.example/maven',
  )
})

test.each([
  ['*', true],
  ['central', true],
  ['external:*', true],
  ['internal, central', true],
  ['*,!central', false],
  ['external:http:*', false],
  ['internal', false],
])('a mirror of %s in the settings is used: %p', async (of, isUsed) => {
  await using place = await emptyPlace()
  const text = settings(mirror('other', 'http://not.example') + mirror(of, ` \${env.NEAR}/maven2/ `))
  await Bun.write(join(place.env.HOME, '.m2/settings.xml'), text)
  expect(await mavenRepository({ ...place.env, NEAR: 'http://near.example' })).toBe(
    isUsed ? 'http://near.example/maven2' : 'https://repo.maven.apache.org/maven2',
  )
})
