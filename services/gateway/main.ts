import { comments } from '../../proto/gen/comments';
import { runGateway } from './run-gateway';
import { gateway } from './service';

runGateway(gateway, comments);
