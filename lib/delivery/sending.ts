// What a transport sends with. Loaded when it is opened, so that describing one costs nothing.
export { gelfMessage } from '../layouts/gelf'
export { gelfDatagrams } from './gelf-datagrams'
export { HttpClient, isWebPage } from './http'
export { ID_FIELD, withId } from './line-id'
export { DeliveryError, type ItemOutcome, type SendResult } from './outcome'
export { classifyError } from './retry/classify'
export { TcpClient } from './tcp'
export { UdpClient } from './udp'
