import { Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { Elysia } from 'elysia'

const check = TypeCompiler.Compile(Type.Object({ number: Type.Integer() }))

new Elysia().post('/orders', ({ body }) => check.Check(body)).listen(3000)
