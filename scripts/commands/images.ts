import { defineCommand } from 'citty'
import { furtherArguments } from '../further-arguments.ts'
import { buildImage, chooseImages, imageName, imageSources } from '../kubernetes/images.ts'
import { untilInterrupted } from '../until-interrupted.ts'

export default defineCommand({
  meta: {
    name: 'images',
    description:
      'Build the images of services with docker: elysia-dapr-shop/SERVICE:local, which the overlay local has. What ' +
      'stands after -- goes to docker build, such as -- --build-arg BUN=mirror.example.com/bun:1.4.5',
  },
  args: {
    service: {
      type: 'positional',
      required: false,
      valueHint: 'SERVICE…',
      description: 'Names of services, or payment-provider. Default: all',
    },
    tag: { type: 'string', default: 'local', description: 'Of the images' },
    registry: {
      type: 'string',
      valueHint: 'NAME',
      description: 'What stands before the name, as in ghcr.io/team/shop. Default: elysia-dapr-shop',
    },
  },
  async run({ args, rawArgs }) {
    const { own, further } = furtherArguments(args._, rawArgs)
    const images = chooseImages(await imageSources(), own)
    const interrupt = untilInterrupted()
    try {
      for (const each of images) {
        const image = imageName(each.name, {
          tag: args.tag,
          ...(args.registry && { registry: args.registry }),
        })
        const began = performance.now()
        const bytes = await buildImage(each, { image, further, signal: interrupt.signal })
        const seconds = (performance.now() - began) / 1_000
        console.log(`${image}  ${(bytes / 1e6).toFixed(0)} MB, ${seconds.toFixed(1)} s`)
      }
    } catch (error) {
      if (!interrupt.signal.aborted) throw error
      process.exitCode = interrupt.exitCode()
    }
  },
})
