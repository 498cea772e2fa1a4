export { type Check, type ContractSubject, type Receiver, transportContract } from './testing/contract'
