theories/Lib/Basics.vo theories/Lib/Basics.glob theories/Lib/Basics.v.beautified theories/Lib/Basics.required_vo: theories/Lib/Basics.v 
theories/Lib/Basics.vio: theories/Lib/Basics.v 
theories/Lib/Basics.vos theories/Lib/Basics.vok theories/Lib/Basics.required_vos: theories/Lib/Basics.v 
theories/Gpu/Trace.vo theories/Gpu/Trace.glob theories/Gpu/Trace.v.beautified theories/Gpu/Trace.required_vo: theories/Gpu/Trace.v theories/Lib/Basics.vo
theories/Gpu/Trace.vio: theories/Gpu/Trace.v theories/Lib/Basics.vio
theories/Gpu/Trace.vos theories/Gpu/Trace.vok theories/Gpu/Trace.required_vos: theories/Gpu/Trace.v theories/Lib/Basics.vos
theories/Gpu/Launch.vo theories/Gpu/Launch.glob theories/Gpu/Launch.v.beautified theories/Gpu/Launch.required_vo: theories/Gpu/Launch.v theories/Gpu/Trace.vo
theories/Gpu/Launch.vio: theories/Gpu/Launch.v theories/Gpu/Trace.vio
theories/Gpu/Launch.vos theories/Gpu/Launch.vok theories/Gpu/Launch.required_vos: theories/Gpu/Launch.v theories/Gpu/Trace.vos
theories/Gpu/Summary.vo theories/Gpu/Summary.glob theories/Gpu/Summary.v.beautified theories/Gpu/Summary.required_vo: theories/Gpu/Summary.v theories/Gpu/Trace.vo theories/Gpu/Launch.vo
theories/Gpu/Summary.vio: theories/Gpu/Summary.v theories/Gpu/Trace.vio theories/Gpu/Launch.vio
theories/Gpu/Summary.vos theories/Gpu/Summary.vok theories/Gpu/Summary.required_vos: theories/Gpu/Summary.v theories/Gpu/Trace.vos theories/Gpu/Launch.vos
theories/Gpu/Phase.vo theories/Gpu/Phase.glob theories/Gpu/Phase.v.beautified theories/Gpu/Phase.required_vo: theories/Gpu/Phase.v theories/Gpu/Trace.vo theories/Gpu/Launch.vo theories/Gpu/Summary.vo
theories/Gpu/Phase.vio: theories/Gpu/Phase.v theories/Gpu/Trace.vio theories/Gpu/Launch.vio theories/Gpu/Summary.vio
theories/Gpu/Phase.vos theories/Gpu/Phase.vok theories/Gpu/Phase.required_vos: theories/Gpu/Phase.v theories/Gpu/Trace.vos theories/Gpu/Launch.vos theories/Gpu/Summary.vos
theories/Gpu/Uniform.vo theories/Gpu/Uniform.glob theories/Gpu/Uniform.v.beautified theories/Gpu/Uniform.required_vo: theories/Gpu/Uniform.v theories/Gpu/Trace.vo theories/Gpu/Launch.vo theories/Gpu/Summary.vo theories/Gpu/Phase.vo
theories/Gpu/Uniform.vio: theories/Gpu/Uniform.v theories/Gpu/Trace.vio theories/Gpu/Launch.vio theories/Gpu/Summary.vio theories/Gpu/Phase.vio
theories/Gpu/Uniform.vos theories/Gpu/Uniform.vok theories/Gpu/Uniform.required_vos: theories/Gpu/Uniform.v theories/Gpu/Trace.vos theories/Gpu/Launch.vos theories/Gpu/Summary.vos theories/Gpu/Phase.vos
theories/Gpu/Arith.vo theories/Gpu/Arith.glob theories/Gpu/Arith.v.beautified theories/Gpu/Arith.required_vo: theories/Gpu/Arith.v 
theories/Gpu/Arith.vio: theories/Gpu/Arith.v 
theories/Gpu/Arith.vos theories/Gpu/Arith.vok theories/Gpu/Arith.required_vos: theories/Gpu/Arith.v 
theories/Gpu/Contract.vo theories/Gpu/Contract.glob theories/Gpu/Contract.v.beautified theories/Gpu/Contract.required_vo: theories/Gpu/Contract.v theories/Gpu/Trace.vo theories/Gpu/Summary.vo
theories/Gpu/Contract.vio: theories/Gpu/Contract.v theories/Gpu/Trace.vio theories/Gpu/Summary.vio
theories/Gpu/Contract.vos theories/Gpu/Contract.vok theories/Gpu/Contract.required_vos: theories/Gpu/Contract.v theories/Gpu/Trace.vos theories/Gpu/Summary.vos
theories/Gpu/Bridge.vo theories/Gpu/Bridge.glob theories/Gpu/Bridge.v.beautified theories/Gpu/Bridge.required_vo: theories/Gpu/Bridge.v theories/Gpu/Trace.vo theories/Gpu/Launch.vo theories/Gpu/Summary.vo theories/Gpu/Phase.vo theories/Gpu/Uniform.vo
theories/Gpu/Bridge.vio: theories/Gpu/Bridge.v theories/Gpu/Trace.vio theories/Gpu/Launch.vio theories/Gpu/Summary.vio theories/Gpu/Phase.vio theories/Gpu/Uniform.vio
theories/Gpu/Bridge.vos theories/Gpu/Bridge.vok theories/Gpu/Bridge.required_vos: theories/Gpu/Bridge.v theories/Gpu/Trace.vos theories/Gpu/Launch.vos theories/Gpu/Summary.vos theories/Gpu/Phase.vos theories/Gpu/Uniform.vos
theories/Gpu/Tactics.vo theories/Gpu/Tactics.glob theories/Gpu/Tactics.v.beautified theories/Gpu/Tactics.required_vo: theories/Gpu/Tactics.v theories/Gpu/Trace.vo theories/Gpu/Launch.vo theories/Gpu/Summary.vo theories/Gpu/Phase.vo theories/Gpu/Uniform.vo theories/Gpu/Arith.vo theories/Gpu/Contract.vo
theories/Gpu/Tactics.vio: theories/Gpu/Tactics.v theories/Gpu/Trace.vio theories/Gpu/Launch.vio theories/Gpu/Summary.vio theories/Gpu/Phase.vio theories/Gpu/Uniform.vio theories/Gpu/Arith.vio theories/Gpu/Contract.vio
theories/Gpu/Tactics.vos theories/Gpu/Tactics.vok theories/Gpu/Tactics.required_vos: theories/Gpu/Tactics.v theories/Gpu/Trace.vos theories/Gpu/Launch.vos theories/Gpu/Summary.vos theories/Gpu/Phase.vos theories/Gpu/Uniform.vos theories/Gpu/Arith.vos theories/Gpu/Contract.vos
theories/Gpu/Examples.vo theories/Gpu/Examples.glob theories/Gpu/Examples.v.beautified theories/Gpu/Examples.required_vo: theories/Gpu/Examples.v theories/Gpu/Tactics.vo
theories/Gpu/Examples.vio: theories/Gpu/Examples.v theories/Gpu/Tactics.vio
theories/Gpu/Examples.vos theories/Gpu/Examples.vok theories/Gpu/Examples.required_vos: theories/Gpu/Examples.v theories/Gpu/Tactics.vos
theories/Gpu/Racy.vo theories/Gpu/Racy.glob theories/Gpu/Racy.v.beautified theories/Gpu/Racy.required_vo: theories/Gpu/Racy.v theories/Gpu/Tactics.vo theories/Gpu/Bridge.vo theories/Gpu/Examples.vo
theories/Gpu/Racy.vio: theories/Gpu/Racy.v theories/Gpu/Tactics.vio theories/Gpu/Bridge.vio theories/Gpu/Examples.vio
theories/Gpu/Racy.vos theories/Gpu/Racy.vok theories/Gpu/Racy.required_vos: theories/Gpu/Racy.v theories/Gpu/Tactics.vos theories/Gpu/Bridge.vos theories/Gpu/Examples.vos
theories/Gpu/Audit.vo theories/Gpu/Audit.glob theories/Gpu/Audit.v.beautified theories/Gpu/Audit.required_vo: theories/Gpu/Audit.v theories/Gpu/Trace.vo theories/Gpu/Launch.vo theories/Gpu/Summary.vo theories/Gpu/Phase.vo theories/Gpu/Uniform.vo theories/Gpu/Bridge.vo theories/Gpu/Arith.vo theories/Gpu/Examples.vo theories/Gpu/Racy.vo
theories/Gpu/Audit.vio: theories/Gpu/Audit.v theories/Gpu/Trace.vio theories/Gpu/Launch.vio theories/Gpu/Summary.vio theories/Gpu/Phase.vio theories/Gpu/Uniform.vio theories/Gpu/Bridge.vio theories/Gpu/Arith.vio theories/Gpu/Examples.vio theories/Gpu/Racy.vio
theories/Gpu/Audit.vos theories/Gpu/Audit.vok theories/Gpu/Audit.required_vos: theories/Gpu/Audit.v theories/Gpu/Trace.vos theories/Gpu/Launch.vos theories/Gpu/Summary.vos theories/Gpu/Phase.vos theories/Gpu/Uniform.vos theories/Gpu/Bridge.vos theories/Gpu/Arith.vos theories/Gpu/Examples.vos theories/Gpu/Racy.vos
