export interface ToolResult {
  code: number
  /** Standard output, then standard error. */
  output: string
}

/** Runs a program to its end without input. */
export async function runTool(command: string[], cwd = process.cwd()): Promise<ToolResult> {
  const child = Bun.spawn(command, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const [code, output, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code, output: output + errors }
}
