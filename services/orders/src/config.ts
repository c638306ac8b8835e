export { baseConfig as configSchema } from '@shop/chassis/config'
