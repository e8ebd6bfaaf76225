package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.cuda.KernelSignature.Parameter;

class PtxSignaturesTest {
  @Test
  void parametersLieWhereTheirAlignmentPutsThem() {
    String ptx =
        """
        .visible .entry first(
        	.param .u32 first_param_0,
        	.param .u64 first_param_1,
        	.param .align 4 .b8 first_param_2[36],
        	.param .u64 first_param_3,
        	.param .f32 first_param_4
        )
        {
        	ld.param.u64 	%rd1, [first_param_1];
        	ld.param.u64 	%rd2, [first_param_3];
        	cvta.to.global.u64 	%rd3, %rd1;
        	ret;
        }
        .visible .entry second(
        	.param .u64 second_param_0
        )
        {
        	ld.param.u64 	%rd1, [second_param_0];
        	ret;
        }
        """;
    assertEquals(
        List.of(
            new KernelSignature(
                "first",
                List.of(
                    new Parameter(0, 4, false),
                    new Parameter(8, 8, true),
                    new Parameter(16, 36, false),
                    new Parameter(56, 8, false),
                    new Parameter(64, 4, false))),
            new KernelSignature("second", List.of(new Parameter(0, 8, false)))),
        PtxSignatures.of(ptx));
  }

  @Test
  void whatItDoesNotUnderstandIsAnError() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> PtxSignatures.of(".entry odd(\n.param .texref odd_param_0\n)"));
    assertEquals("PTX parameter '.param .texref odd_param_0'", error.getMessage());
  }
}
