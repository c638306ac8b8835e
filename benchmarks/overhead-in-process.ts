import { askedPrograms } from './lib/asked.ts'
import type { Benchmark } from './lib/benchmark.ts'

export default {
  name: 'overhead-in-process',
  about: 'The deliveries of `overhead` by app.handle: without what a connection costs both',
  unit: 'deliveries/s',
  better: 'more',
  target: null,
  prepare: setting =>
    askedPrograms(
      {
        ours: { file: 'ours/in-process.ts', args: ['plugin'] },
        peer: { file: 'ours/in-process.ts', args: ['bare'] },
      },
      setting,
    ),
} satisfies Benchmark
