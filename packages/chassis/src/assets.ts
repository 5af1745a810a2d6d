import { assets as listed } from '@myanm/ui'
import type { Middleware } from 'koa'

/** Static files of the look. Their names carry a hash of their content: cached for a year. */
export function assets(): Middleware {
  const byPath = new Map(listed.files.map((file) => [file.path, file]))

  return async function assets(ctx, next) {
    if (!ctx.path.startsWith(`${listed.prefix}/`)) return next()
    const asset = byPath.get(ctx.path)
    if (!asset || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
    ctx.type = asset.contentType
    ctx.set(
      'Cache-Control',
      asset.immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
    )
    ctx.body = asset.content
  }
}
