// What a transport sends with. Loaded when it is opened, so that describing one costs nothing.
export { HttpClient, isWebPage } from './http'
export { withId } from './line-id'
export { DeliveryError } from './outcome'
export { TcpClient } from './tcp'
